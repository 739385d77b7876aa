/** No party can use up what others need: each test runs an attack, and a good caller that succeeds meanwhile. */
import { describe, expect, test, vi } from 'vitest'
import { createMemoryLimiter, createMemoryReplayStore, createTokenMint } from '../../src/index.ts'
import { ask as askWith, asserting, createKey, sign } from '../asking.ts'
import { basic, createEndpoint, NOW, post, RECORD, SECRET, send, token } from '../endpoint.ts'

const now = (): number => NOW * 1000
const ORDERS = { id: 'orders-api', clientSecrets: [SECRET], audiences: [RECORD.aud] }

describe('the budget of a protected resource', () => {
  const limits = { limiter: createMemoryLimiter({ points: 6000, windowSeconds: 60, now }) }

  test('is not used up by junk tokens: only misses are refused', async () => {
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

  test('has a key that no other identifier can produce', async () => {
    const twin = { id: 'orders-api\u001fmisses', clientSecrets: [SECRET] }
    await expect(createEndpoint({ clientAuthentication: { protectedResources: [ORDERS, twin] } })).rejects.toThrow(
      'clientAuthentication.protectedResources[1].id: must have no control characters',
    )
  })

  test('is not charged for junk that was never minted here', async () => {
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
  test('cannot be filled by the assertions of one caller, and the others get their answers', async () => {
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

  test('stores no assertion of a caller that has used up its budget', async () => {
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
    // The third assertion is the one that used up the budget.
    expect(kept).toHaveLength(3)
  })
})

/** A request with these credentials from one address. */
function presenting(id: string, secret: string, remoteAddress = '192.0.2.1') {
  return { headers: { authorization: basic(id, secret) }, remoteAddress }
}

describe('the verification of secrets', () => {
  test('is not blocked by made-up identifiers: a registered caller without a remembered secret succeeds', async () => {
    const { promise: never } = Promise.withResolvers<boolean>()
    const { handler } = await createEndpoint({
      timeoutMs: 60_000,
      clientAuthentication: {
        // The verification for a made-up identifier never ends.
        verifySecret: (presented, hash) => (hash === 'h(nobody)' ? never : `h(${presented})` === hash),
        decoySecret: 'h(nobody)',
        protectedResources: [{ id: 'orders-api', clientSecrets: ['h(good)'], audiences: [RECORD.aud] }],
      },
    })
    const madeUp = Array.from({ length: 40 }, async (_, index) => {
      await askWith(handler, {}, presenting(`made-up-${index}`, 'x'))
    })
    expect((await askWith(handler, {}, presenting('orders-api', 'good'))).status).toBe(200)
    expect(madeUp).toHaveLength(40)
  })

  test('counts failures by address as well, for any number of made-up identifiers, and lets right secrets in', async () => {
    const { handler } = await createEndpoint()
    const statuses: number[] = []
    for (let index = 0; index < 250; index++) {
      statuses.push((await askWith(handler, {}, presenting(`made-up-${index}`, 'x'))).status)
    }
    expect([statuses.indexOf(429), statuses.at(-1)]).toEqual([200, 429])
    // Answers do not reveal whether an identifier is registered.
    expect((await askWith(handler, {}, presenting('orders-api', 'wrong'))).status).toBe(429)
    expect((await askWith(handler, {}, presenting('orders-api', SECRET))).status).toBe(200)
  })
})

describe('the memory of good credentials', () => {
  test('keeps the credentials of one caller, whatever another caller sends, and whatever fails under its identifier', async () => {
    const verifySecret = vi.fn((presented: string, hash: string) => hash === `h(${presented})`)
    const { handler } = await createEndpoint({
      clientAuthentication: {
        verifySecret,
        protectedResources: [
          { id: 'orders-api', clientSecrets: ['h(good)'], audiences: [RECORD.aud] },
          { id: 'malicious', clientSecrets: ['h(abcdefghij)'] },
        ],
      },
    })
    const status = async (id: string, secret: string): Promise<number> =>
      (await askWith(handler, {}, presenting(id, secret))).status
    expect(await status('orders-api', 'good')).toBe(200)
    for (let spelling = 0; spelling < 1000; spelling++) {
      expect(await status('malicious', spell('abcdefghij', spelling))).toBe(200)
    }
    expect(verifySecret).toHaveBeenCalledTimes(2)
    for (let failure = 0; failure < 25; failure++) await status('orders-api', `wrong-${failure}`)
    expect(await status('orders-api', 'wrong')).toBe(429)
    expect(await status('orders-api', 'good')).toBe(200)
    expect(await status('orders-api', spell('good', 5))).toBe(200)
  })
})

/** One of many spellings of a secret in Basic credentials. */
function spell(secret: string, which: number): string {
  const escape = (character: string, index: number): string =>
    (which >> index) & 1 ? `%${character.charCodeAt(0).toString(16)}` : character
  return Array.from(secret, escape).join('')
}

describe('the count of failures', () => {
  test('cannot be reset by made-up identifiers: twenty guesses in a minute, whatever comes between', async () => {
    const { handler } = await createEndpoint({ clientAuthentication: { protectedResources: [ORDERS] } })
    const guesses: number[] = []
    for (let round = 0; round < 3; round++) {
      for (let guess = 0; guess < 19; guess++) {
        guesses.push((await askWith(handler, {}, presenting('orders-api', `guess-${round}-${guess}`))).status)
      }
      for (let made = 0; made < 10_000; made++) {
        await askWith(handler, {}, presenting(`made-up-${round}-${made}`, 'x', `198.51.${made % 256}.${made >> 8}`))
      }
    }
    expect(guesses.filter((status) => status === 401)).toHaveLength(20)
    expect((await askWith(handler, {}, presenting('orders-api', SECRET))).status).toBe(429)
  })

  test('refuses no caller without failures, however many made-up identifiers it holds', async () => {
    const exceeded = { consume: () => Promise.reject(Object.assign(new Error('too many'), { msBeforeNext: 60_000 })) }
    const others = { id: 'invoices-api', clientSecrets: ['good'] }
    const { handler } = await createEndpoint({
      clientAuthentication: { protectedResources: [ORDERS, others], failures: exceeded },
    })
    const ask = async (id: string, secret: string, address?: string): Promise<number> =>
      (await askWith(handler, {}, presenting(id, secret, address))).status
    for (let made = 0; made < 12_000; made++) await ask(`made-up-${made}`, 'x')
    expect(await ask('invoices-api', 'good', '192.0.2.3')).toBe(200)
    // With this limiter one failure is already too many.
    expect(await ask('orders-api', 'wrong', '192.0.2.2')).toBe(429)
    expect(await ask('orders-api', SECRET, '192.0.2.2')).toBe(429)
    expect(await ask('orders-api', SECRET, '192.0.2.3')).toBe(200)
  })
})

describe('the keys of a caller', () => {
  test('cost no more than keys of 4096 bits, whatever the caller registers or publishes', async () => {
    const huge = { kty: 'RSA', kid: 'huge', n: Buffer.alloc(2048, 0xff).toString('base64url'), e: 'AQAB' }
    await expect(
      createEndpoint({ clientAuthentication: { protectedResources: [{ id: 'orders-api', jwks: { keys: [huge] } }] } }),
    ).rejects.toThrow(/^clientAuthentication\.protectedResources\[0\]\.jwks: .*4096 bits/)
    const key = await createKey('RS256', 'good')
    const fetchJwks = (): Promise<Response> => Promise.resolve(Response.json({ keys: [huge, key.jwk] }))
    const { handler } = await createEndpoint({
      clientAuthentication: {
        fetchJwks,
        protectedResources: [{ id: 'orders-api', jwksUri: 'https://orders.example.com/jwks', audiences: [RECORD.aud] }],
      },
    })
    const verify = vi.spyOn(crypto.subtle, 'importKey')
    // Without a kid the handler would try each suitable key.
    expect((await askWith(handler, asserting(await sign(key)))).status).toBe(200)
    expect(verify.mock.calls.filter(([, jwk]) => (jwk as { n?: unknown }).n === huge.n)).toHaveLength(0)
    verify.mockRestore()
  })
})
