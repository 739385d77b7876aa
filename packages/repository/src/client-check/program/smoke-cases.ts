/** Cases for every runtime, by title. They use web interfaces only. */
import { ANSWER_CASES } from './answer-cases.ts'
import { CACHE_CASES } from './cache-cases.ts'
import { GUARD_CASES } from './guard-cases.ts'
import { REQUEST_CASES } from './request-cases.ts'
import { issueToken } from './server-requests.ts'
import { createClient, rejectionOf, withClient } from './smoke-client.ts'
import type { SmokeCase } from './smoke-input.ts'

export const SMOKE_CASES: Readonly<Record<string, SmokeCase>> = {
  async 'an active token'(input) {
    const token = await issueToken(input, { scope: 'orders:read' })
    return withClient(input, {}, async (client) => {
      const { active, sub, scope, iss } = (await client.introspect(token)) as Record<string, unknown>
      return { active, sub, scope, issuedHere: iss === input.server }
    })
  },

  'an unknown token': (input) => withClient(input, {}, (client) => client.introspect('unknown')),

  ...REQUEST_CASES,
  ...CACHE_CASES,
  ...ANSWER_CASES,
  ...GUARD_CASES,

  async 'a call can be aborted'(input) {
    return withClient(input, { endpoint: `${input.server}/hanging` }, async (client) => {
      const controller = new AbortController()
      const reason = new Error('gone')
      const call = client.introspect('any', { signal: controller.signal })
      setTimeout(() => controller.abort(reason), 50)
      return call.then(
        () => 'resolved',
        (error: unknown) => ({ sameReason: error === reason }),
      )
    })
  },

  async 'a result cannot be changed'(input) {
    const token = await issueToken(input, { aud: ['urn:orders', 'urn:more'] })
    return withClient(input, {}, async (client) => {
      const result = (await client.introspect(token)) as { active: boolean; aud: string[] }
      return {
        member: succeeds(() => (result.active = false)),
        nested: succeeds(() => result.aud.push('urn:mine')),
        still: [result.active, result.aud.length],
      }
    })
  },

  async 'a closed client lets calls finish and takes no more'(input) {
    const token = await issueToken(input)
    const client = createClient(input, { endpoint: `${input.server}/slow` })
    const call = client.introspect(token)
    await client[Symbol.asyncDispose]()
    const { active } = await call
    return { active, later: await rejectionOf(client.introspect(token)) }
  },

  async 'a client that is never closed'(input) {
    const token = await issueToken(input)
    return (await createClient(input).introspect(token)).active
  },
}

function succeeds(work: () => void): boolean {
  try {
    work()
    return true
  } catch {
    return false
  }
}
