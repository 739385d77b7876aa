/** What one party sends must not use up what others need: each attack, and a good caller that goes through meanwhile. */
import { describe, expect, test } from 'vitest'
import { createMemoryLimiter, createMemoryReplayStore, createTokenMint } from '../../src/index.ts'
import { ask as askWith, asserting, createKey, sign } from '../asking.ts'
import { createEndpoint, NOW, post, RECORD, send, token } from '../endpoint.ts'

const now = (): number => NOW * 1000

describe('the budget of a protected resource', () => {
  const limits = { limiter: createMemoryLimiter({ points: 6000, windowSeconds: 60, now }) }

  test('is not used up by junk that anybody sends to it: misses alone are refused', async () => {
    const { handler } = await createEndpoint({ limits })
    const ask = async (value: string): Promise<number> => (await send(handler, post({ token: value }))).status
    const junk: number[] = []
    for (let sent = 0; sent < 400; sent++) {
      junk.push(await ask(`junk-${sent}`))
      expect(await ask(token('active'))).toBe(200)
    }
    expect(junk.slice(0, 300)).toEqual(Array.from({ length: 300 }, () => 200))
    expect(junk.slice(300)).toEqual(Array.from({ length: 100 }, () => 429))
  })

  test('pays nothing for junk that was never minted here', async () => {
    const mint = createTokenMint({ prefix: 'acme', keys: ['k'.repeat(32)] })
    const good = await mint.mint()
    const { handler, store } = await createEndpoint({
      limits: { limiter: createMemoryLimiter({ points: 20, windowSeconds: 60, now }) },
    })
    await store.save(good, RECORD)
    const { handler: minted } = await createEndpoint({
      lookup: { store, isMinted: mint.isMinted },
      limits: { limiter: createMemoryLimiter({ points: 20, windowSeconds: 60, now }) },
    })
    const ask = async (to: typeof handler, value: string): Promise<number> =>
      (await send(to, post({ token: value }))).status
    expect([await ask(handler, 'junk-1'), await ask(handler, 'junk-2')]).toEqual([200, 429])
    for (let sent = 0; sent < 50; sent++) expect(await ask(minted, `junk-${sent}`)).toBe(200)
    expect(await ask(minted, await mint.mint())).toBe(200)
    expect(await ask(minted, good)).toBe(200)
  })
})

describe('the replay store', () => {
  test('is not filled by the assertions of one caller, and the others are answered', async () => {
    const [greedyKey, goodKey] = [await createKey('ES256'), await createKey('ES256')]
    const { handler, events } = await createEndpoint({
      clientAuthentication: {
        replayStore: createMemoryReplayStore({ maxKeys: 60, now }),
        protectedResources: [
          { id: 'greedy-api', jwks: { keys: [greedyKey.jwk] } },
          { id: 'orders-api', jwks: { keys: [goodKey.jwk] }, audiences: [RECORD.aud] },
        ],
      },
    })
    const ask = async (key: typeof goodKey, id: string, jti: string): Promise<number> =>
      (await askWith(handler, asserting(await sign(key, { iss: id, sub: id, jti })))).status
    const greedy: number[] = []
    for (let sent = 0; sent < 40; sent++) greedy.push(await ask(greedyKey, 'greedy-api', `greedy-${sent}`))
    expect([greedy.indexOf(503), greedy.at(-1)]).toEqual([30, 503])
    expect(events.at(-1)).toMatchObject({ error: { code: 'ERR_CLIENT_AUTHENTICATION_REPLAY_STORE' } })
    for (let sent = 0; sent < 10; sent++) expect(await ask(goodKey, 'orders-api', `good-${sent}`)).toBe(200)
    expect(await ask(goodKey, 'orders-api', 'good-0')).toBe(401)
    expect(await ask(greedyKey, 'greedy-api', 'greedy-0')).toBe(401)
  })

  test('takes in no assertion of a caller that has used up its budget', async () => {
    const key = await createKey('ES256')
    const kept: string[] = []
    const { handler } = await createEndpoint({
      limits: { limiter: createMemoryLimiter({ points: 2, windowSeconds: 60, now }) },
      clientAuthentication: {
        replayStore: { remember: (use) => (kept.push(use), true) },
        protectedResources: [{ id: 'orders-api', jwks: { keys: [key.jwk] }, audiences: [RECORD.aud] }],
      },
    })
    const statuses: number[] = []
    for (let sent = 0; sent < 20; sent++) statuses.push((await askWith(handler, asserting(await sign(key)))).status)
    expect(statuses).toEqual([200, 200, ...Array.from({ length: 18 }, () => 429)])
    // The third is the one by which the budget is known to be used up.
    expect(kept).toHaveLength(3)
  })
})
