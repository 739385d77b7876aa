import { generateKeyPair } from 'jose'
import { describe, expect, test, vi } from 'vitest'
import type { CheckSide, CheckStep, RevocationLog, SigningKey } from '../../src/index.ts'
import { type Changes, createEndpoint, NOW, RECORD } from '../endpoint.ts'
import { createFeedEndpoint } from '../feed-endpoint.ts'
import { createRevocationEndpoint } from '../revocation-endpoint.ts'

const { privateKey } = await generateKeyPair('ES256')
const good: SigningKey = { alg: 'ES256', kid: 'good', key: privateKey }
const down = (): Promise<never> =>
  Promise.reject(Object.assign(new Error('down "secret-row"'), { code: 'ECONNREFUSED' }))
const silent = (): Promise<never> => new Promise(() => undefined)

function signing(...keys: SigningKey[]): Changes {
  return { response: { jwt: { keys, defaultSigningAlg: 'ES256' } }, timeoutMs: 20 }
}

describe('check of an introspection handler', () => {
  test.each<[string, Changes]>([
    ['with a store', {}],
    ['with a registry function', { clientAuthentication: { findProtectedResource: () => null } }],
    ['with keys', signing(good)],
    [
      'with a key that cannot sign and does not sign yet',
      signing(good, { alg: 'ES256', kid: 'next', sign: down, signsFrom: NOW + 60 }),
    ],
  ])('passes %s, and reports nothing', async (_, changes) => {
    const { handler, events } = await createEndpoint(changes)
    expect(await handler.check()).toEqual({ ok: true })
    expect(events).toEqual([])
  })

  test.each<[string, Changes, CheckStep, CheckSide, string | undefined, string]>([
    [
      'a clock in seconds',
      { now: () => NOW },
      'clock',
      'authorization_server',
      undefined,
      `now: returned ${NOW}; it must`,
    ],
    [
      'a clock that is not set',
      { now: () => 0 },
      'clock',
      'authorization_server',
      undefined,
      'now: returned 0; it must',
    ],
    [
      'a clock without a number',
      { now: () => Number.NaN },
      'clock',
      'authorization_server',
      undefined,
      'now: returned NaN',
    ],
    [
      'a clock in microseconds',
      { now: () => NOW * 1e6 },
      'clock',
      'authorization_server',
      undefined,
      'now: returned 1764',
    ],
    [
      'a registry that is down',
      { clientAuthentication: { findProtectedResource: down } },
      'registry',
      'connection',
      'ERR_CLIENT_AUTHENTICATION_REGISTRY',
      'the function that finds a registered caller',
    ],
    [
      'a registry that is silent',
      { clientAuthentication: { findProtectedResource: silent }, timeoutMs: 20 },
      'registry',
      'connection',
      'ERR_CLIENT_AUTHENTICATION_REGISTRY',
      'the function that finds a registered caller',
    ],
    [
      'a registry that knows everybody',
      { clientAuthentication: { findProtectedResource: (id) => ({ id, clientSecrets: ['s'] }) } },
      'registry',
      'authorization_server',
      'ERR_CLIENT_AUTHENTICATION_REGISTRY',
      'knows an identifier that the handler has just made up',
    ],
    [
      'a store that is down',
      { lookup: { store: { find: down } } },
      'store',
      'connection',
      'ERR_LOOKUP_STORE',
      'the resolver store failed',
    ],
    [
      'a store that is silent',
      { lookup: { store: { find: silent } }, timeoutMs: 20 },
      'store',
      'connection',
      'ERR_LOOKUP_STORE',
      'the resolver store failed',
    ],
    [
      'a store that returns no record',
      { lookup: { store: { find: () => true as never } } },
      'store',
      'authorization_server',
      'ERR_LOOKUP_STORE',
      'the resolver store returned a boolean',
    ],
    [
      'a store that knows every token',
      { lookup: { store: { find: () => ({ ...RECORD, revoked: true }) } } },
      'store',
      'authorization_server',
      'ERR_LOOKUP_STORE',
      'the resolver store knows a token that the handler has just made up',
    ],
    [
      'a store that is down behind a token mint, which knows no made-up token',
      { lookup: { store: { find: down }, isMinted: () => false } },
      'store',
      'connection',
      'ERR_LOOKUP_STORE',
      'the resolver store failed',
    ],
    [
      'a store that is down where tokens are short',
      { lookup: { store: { find: down } }, request: { maxTokenLength: 16 } },
      'store',
      'connection',
      'ERR_LOOKUP_STORE',
      'the resolver store failed',
    ],
    [
      'a second resolver that is down',
      {
        lookup: {
          resolvers: [
            { name: 'a', resolve: () => null },
            { name: 'b', resolve: down },
          ],
        },
      },
      'store',
      'connection',
      'ERR_LOOKUP_STORE',
      'the resolver b failed',
    ],
    [
      'a KMS that is down',
      signing({ alg: 'ES256', kid: 'kms', sign: down }),
      'keys',
      'connection',
      'ERR_RESPONSE_SIGNING',
      'the key "kms" could not sign an answer',
    ],
    [
      'a KMS that signs in DER',
      signing({ alg: 'ES256', kid: 'kms', sign: () => Promise.resolve(new Uint8Array(71)) }),
      'keys',
      'authorization_server',
      'ERR_RESPONSE_SIGNING',
      'the key "kms" returned a signature of 71 octets',
    ],
    [
      'a key that cannot be imported',
      signing({ alg: 'ES256', kid: 'bad', key: { kty: 'EC', crv: 'P-256', x: 'AA', y: 'AA', d: 'AA' } }),
      'keys',
      'authorization_server',
      'ERR_RESPONSE_SIGNING',
      'the key "bad" could not sign an answer',
    ],
    [
      'a second key that is down',
      signing(good, { alg: 'ES384', kid: 'kms', sign: down }),
      'keys',
      'connection',
      'ERR_RESPONSE_SIGNING',
      'the key "kms" could not',
    ],
  ])('names %s, whose side it is on, and the remedy', async (_, changes, step, side, code, message) => {
    const { handler } = await createEndpoint(changes)
    const result = await handler.check()
    expect(result).toMatchObject({ ok: false, step, side })
    expect(Object.isFrozen(result)).toBe(true)
    const { error, remedy } = result as { error: Error & { code?: string }; remedy: string }
    expect([error.code, error.message]).toEqual([code, expect.stringContaining(message)])
    expect(remedy).toMatch(/^(Look at|Return) /)
    expect(`${error.message}${remedy}${String((error.cause as Error | undefined)?.message)}`).not.toContain(
      'secret-row',
    )
  })

  test('shares one check among simultaneous calls, and looks again afterwards', async () => {
    const find = vi.fn(() => Promise.resolve(null))
    const { handler } = await createEndpoint({ lookup: { store: { find } } })
    const [one, two] = await Promise.all([handler.check(), handler.check()])
    expect(one).toBe(two)
    expect(find).toHaveBeenCalledTimes(1)
    await handler.check()
    expect(find).toHaveBeenCalledTimes(2)
  })

  test('asks about another token each time, and charges no budget', async () => {
    const digests = new Set<string>()
    const consume = vi.fn()
    const find = (digest: string) => {
      digests.add(digest)
      return null
    }
    const { handler } = await createEndpoint({ lookup: { store: { find } }, limits: { limiter: { consume } } })
    for (let call = 0; call < 3; call++) await handler.check()
    expect(digests.size).toBe(3)
    expect(consume).not.toHaveBeenCalled()
  })

  test('sees a repaired store', async () => {
    let isDown = true
    const { handler } = await createEndpoint({ lookup: { store: { find: () => (isDown ? down() : null) } } })
    expect(await handler.check()).toMatchObject({ ok: false, step: 'store' })
    isDown = false
    expect(await handler.check()).toEqual({ ok: true })
  })
})

describe('check of a revocation handler', () => {
  test('passes, and names a store that is down', async () => {
    const { revocation, store } = await createRevocationEndpoint()
    expect(await revocation.check()).toEqual({ ok: true })
    const broken = await createRevocationEndpoint({ lookup: { store: { ...store, find: down } } })
    expect(await broken.revocation.check()).toMatchObject({ ok: false, step: 'store', side: 'connection' })
  })
})

describe('check of a revocation feed', () => {
  test('passes, reads no event, and reports nothing', async () => {
    const { handler, log, events } = createFeedEndpoint()
    const readAfter = vi.spyOn(log, 'readAfter')
    expect(await handler.check()).toEqual({ ok: true })
    expect(readAfter.mock.calls).toEqual([[undefined, 1]])
    expect(events).toEqual([])
  })

  test.each<[string, RevocationLog['readAfter']]>([
    ['down', down],
    ['silent', silent],
  ])('names a log that is %s, and sees it repaired', async (_, broken) => {
    const { handler, log } = createFeedEndpoint({ timeoutMs: 20 })
    const readAfter = vi.spyOn(log, 'readAfter').mockImplementation(broken)
    expect(await handler.check()).toMatchObject({
      ok: false,
      step: 'log',
      side: 'connection',
      error: { code: 'ERR_FEED_LOG' },
      remedy: expect.stringMatching(/^Look at the cause of the error, and at the database behind the log/) as string,
    })
    readAfter.mockRestore()
    expect(await handler.check()).toEqual({ ok: true })
  })

  test('names its registry before its log', async () => {
    const { handler } = createFeedEndpoint({ clientAuthentication: { findProtectedResource: down } })
    expect(await handler.check()).toMatchObject({ ok: false, step: 'registry', side: 'connection' })
  })

  test('fails after close', async () => {
    const { handler } = createFeedEndpoint()
    handler.close()
    expect(await handler.check()).toMatchObject({
      ok: false,
      step: 'log',
      side: 'authorization_server',
      error: { code: 'ERR_FEED_CLOSED' },
      remedy: expect.stringContaining('another process') as string,
    })
  })
})
