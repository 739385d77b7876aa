/** Cases about remembered and shared answers, and revocations. */
import { followFeed } from '@token-introspection/client/revocations'
import { countedPath, countRequests, issueToken, revoke } from './server-requests.ts'
import { withClient } from './smoke-client.ts'
import type { SmokeCase } from './smoke-input.ts'

export const CACHE_CASES: Readonly<Record<string, SmokeCase>> = {
  async 'a second call is answered from the cache'(input) {
    const token = await issueToken(input)
    const path = countedPath()
    return withClient(input, { endpoint: input.server + path, cache: {} }, async (client) => {
      const first = await client.introspect(token)
      const second = await client.introspect(token)
      return { same: first === second, requests: await countRequests(input, path), hits: client.statistics().hits }
    })
  },

  async 'a revoked token passes until it is forgotten'(input) {
    const token = await issueToken(input)
    return withClient(input, { cache: {} }, async (client) => {
      const before = (await client.introspect(token)).active
      const revoked = await revoke(input, token)
      const remembered = (await client.introspect(token)).active
      await client.forget(token)
      const forgotten = (await client.introspect(token)).active
      return { before, revoked, remembered, forgotten }
    })
  },

  'a revocation beats the cache, by a question': beatsCache(3),

  async '50 calls at once make one request'(input) {
    const token = await issueToken(input)
    const path = countedPath('/slow')
    return withClient(input, { endpoint: input.server + path }, async (client) => {
      const results = await Promise.all(Array.from({ length: 50 }, () => client.introspect(token)))
      const active = results.filter((result) => result.active).length
      return { active, requests: await countRequests(input, path), joined: client.statistics().joined }
    })
  },
}

/**
 * How a client that follows the feed of the metadata answers about a remembered token before and after its revocation.
 *
 * @param leaseSeconds - the client asks the feed three times within it, and otherwise hears of events by its stream alone.
 */
export function beatsCache(leaseSeconds: number): SmokeCase {
  return async (input) => {
    const revocations = followFeed()
    return withClient(input, { revocations, cache: { leaseSeconds, maxAgeSeconds: 600 } }, async (client) => {
      const first = await issueToken(input)
      // The first call begins to follow. What is asked for before that has no keys.
      await client.introspect(first)
      await until(async () => {
        await client.introspect(first)
        return client.statistics().feed?.position !== undefined
      })
      const token = await issueToken(input)
      const before = (await client.introspect(token)).active
      const remembered = (await client.introspect(token)).active
      const revoked = await revoke(input, token)
      await until(async () => !(await client.introspect(token)).active)
      const { events, voided } = client.statistics().feed ?? {}
      return { before, remembered, revoked, events, voided }
    })
  }
}

/** Waits for a condition, and for five seconds at most. */
async function until(holds: () => Promise<boolean>): Promise<void> {
  for (let waits = 0; waits < 100; waits += 1) {
    if (await holds()) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error('it did not happen within 5 s')
}
