import { beforeEach, describe, expect, test } from 'vitest'
import {
  createClient,
  createKey,
  createServer,
  GOOD,
  ISSUER,
  jwtResponse,
  NOW,
  type SigningServer,
  sign,
  type TestKey,
} from '../signing-authorization-server.ts'

const key = await createKey('ES256', 'first')
const next = await createKey('ES256', 'second')
const UNAVAILABLE = 'ERR_RESPONSE_KEYS_UNAVAILABLE'
let as: SigningServer
let nowMs: number

beforeEach(() => {
  as = createServer([key.published])
  nowMs = NOW * 1000
  answerWith(key)
})

/** Signs with this key from now on, with the current time as iat. */
function answerWith(signer: TestKey, header: Record<string, unknown> = {}): void {
  as.answer = async () =>
    jwtResponse(
      await sign(signer, { ...GOOD, iat: Math.floor(nowMs / 1000), token_introspection: { active: true } }, header),
    )
}

function create(options: Parameters<typeof createClient>[1] = {}, deadlineMs = 60_000) {
  const client = createClient(as, options, { now: () => nowMs, deadlineMs })
  return () =>
    client.introspect('abc').then(
      (result) => result.active,
      (error: { code: string }) => error.code,
    )
}

describe('an unknown key', () => {
  test('JWT-39 causes one fetch, which finds a newly published key', async () => {
    const introspect = create()
    expect(await introspect()).toBe(true)
    nowMs += 31_000
    as.keys = [key.published, next.published]
    answerWith(next)
    expect(await introspect()).toBe(true)
    expect(await introspect()).toBe(true)
    expect(as.jwksRequests).toHaveLength(2)
  })

  test('JWT-39 causes no storm of requests, in sequence or in parallel', async () => {
    const introspect = create()
    expect(await introspect()).toBe(true)
    nowMs += 31_000
    let kid = 0
    as.answer = async () => jwtResponse(await sign(key, { ...GOOD, iat: NOW + 31 }, { kid: `random-${kid++}` }))
    for (let i = 0; i < 20; i++) expect(await introspect()).toBe(UNAVAILABLE)
    const outcomes = await Promise.all(Array.from({ length: 20 }, introspect))
    expect(new Set(outcomes)).toEqual(new Set([UNAVAILABLE]))
    expect(as.jwksRequests).toHaveLength(2)
    nowMs += 31_000
    expect(await introspect()).toBe(UNAVAILABLE)
    expect(as.jwksRequests).toHaveLength(3)
  })

  test('JWT-39 is a 503, and good answers are accepted meanwhile', async () => {
    const client = createClient(as)
    answerWith(next)
    const request = new Request('https://orders.example.com', { headers: { authorization: 'Bearer abc' } })
    expect(await client.guard({ audience: false })(request)).toMatchObject({ reason: 'unavailable', status: 503 })
    answerWith(key)
    expect(await client.introspect('abc')).toMatchObject({ active: true })
    expect(as.jwksRequests).toHaveLength(1)
  })

  test('JWT-39 causes no fetch when the options give the keys', async () => {
    const introspect = create({ jwks: { keys: [key.published] } })
    expect(await introspect()).toBe(true)
    answerWith(next)
    expect(await introspect()).toBe('ERR_RESPONSE_UNTRUSTED')
    expect(as.jwksRequests).toHaveLength(0)
  })

  test('JWT-39 without a kid may be a new key, so a bad signature causes one fetch as well', async () => {
    const introspect = create()
    const { kid: _, ...anonymous } = key.published
    as.keys = [anonymous]
    answerWith(key, { kid: undefined })
    expect(await introspect()).toBe(true)
    nowMs += 31_000
    const { kid: __, ...renewed } = next.published
    as.keys = [renewed]
    answerWith(next, { kid: undefined })
    expect(await introspect()).toBe(true)
    expect(as.jwksRequests).toHaveLength(2)
  })

  test('JWT-39 is not suspected when a known key has a bad signature', async () => {
    const introspect = create()
    expect(await introspect()).toBe(true)
    nowMs += 31_000
    answerWith(next, { kid: 'first' })
    expect(await introspect()).toBe('ERR_RESPONSE_UNTRUSTED')
    expect(as.jwksRequests).toHaveLength(1)
  })
})

test.each([
  ['of the same type', [next.published, key.published]],
  ['of another type', [{ kty: 'OKP', crv: 'Ed25519', x: 'AAAA' }, key.published]],
  ['with an invalid coordinate', [{ ...key.published, x: 'AAAA' }, key.published]],
  ['of an unknown type', [{ kty: 'NEW' }, null, 5, key.published]],
])('FAPI-08 finds the key beside another key %s with the same kid', async (_, keys) => {
  as.keys = keys.map((each) =>
    typeof each === 'object' && each !== null ? { ...each, kid: 'first' } : each,
  ) as typeof as.keys
  expect(await create()()).toBe(true)
})

/** A fetch that never ends lasts longer than the call that started it, so a call may time out instead. */
const noKeys = [UNAVAILABLE, 'ERR_TRANSPORT_TIMEOUT']

describe('the key set', () => {
  test('is fetched once for all waiting calls, without credentials and without following redirects', async () => {
    const introspect = create()
    expect(await Promise.all(Array.from({ length: 10 }, introspect))).toEqual(Array.from({ length: 10 }, () => true))
    expect(as.jwksRequests).toHaveLength(1)
    expect(as.jwksRequests[0]?.headers.has('authorization')).toBe(false)
    expect(as.jwksRequests[0]?.redirect).toBe('manual')
  })

  test('is used for ten minutes, then once more while the next set is fetched', async () => {
    const introspect = create()
    await introspect()
    nowMs += 599_000
    expect(await introspect()).toBe(true)
    expect(as.jwksRequests).toHaveLength(1)
    nowMs += 2000
    as.keys = [next.published]
    expect(await introspect()).toBe(true)
    expect(as.jwksRequests).toHaveLength(2)
    // The key is no longer in the set, so its signatures are refused.
    expect(await introspect()).toBe(UNAVAILABLE)
  })

  test('is not used once more when it is older than an hour', async () => {
    const introspect = create()
    await introspect()
    nowMs += 3_601_000
    as.keys = [next.published]
    expect(await introspect()).toBe(UNAVAILABLE)
  })

  test('is used for a day while the next set cannot be fetched', async () => {
    const introspect = create()
    await introspect()
    as.jwksAnswer = () => new Response('', { status: 503 })
    for (let hour = 1; hour < 24; hour++) {
      nowMs += 3_600_000
      expect(await introspect()).toBe(true)
    }
    nowMs += 3_600_000
    expect(await introspect()).toBe(UNAVAILABLE)
  })

  test.each([
    ['503', () => new Response('', { status: 503 })],
    ['a redirect', () => Response.redirect('https://evil.example/jwks')],
    ['a page', () => new Response('<h1>Hello</h1>')],
    ['no array', () => Response.json({ keys: {} })],
    ['too many keys', () => Response.json({ keys: Array.from({ length: 101 }, () => key.published) })],
    ['too many octets', () => Response.json({ keys: [key.published], x: 'x'.repeat(262_144) })],
    ['a duplicate name', () => new Response('{"keys":[],"keys":[]}')],
  ])('with %s is refused, and the next attempt a moment later succeeds', async (_, answer) => {
    const introspect = create()
    as.jwksAnswer = answer
    expect(await introspect()).toBe(UNAVAILABLE)
    const { length } = as.jwksRequests
    as.jwksAnswer = undefined
    // The client does not fetch again so soon.
    expect(await introspect()).toBe(UNAVAILABLE)
    expect(as.jwksRequests).toHaveLength(length)
    nowMs += 2001
    expect(await introspect()).toBe(true)
  })

  test('that never arrives delays no call beyond its deadline, and is fetched again afterwards', async () => {
    const introspect = create({}, 50)
    as.jwksAnswer = () => new Promise<Response>(() => undefined)
    expect(noKeys).toContain(await introspect())
    as.jwksAnswer = undefined
    // The fetch that hangs may go on for a while after the call that started it.
    const introspectLater = () => {
      nowMs += 2001
      return introspect()
    }
    await expect.poll(introspectLater).toBe(true)
  })

  test('with private keys verifies nothing', async () => {
    const { exportJWK } = await import('jose')
    as.keys = [{ ...(await exportJWK(key.privateKey)), kid: 'first', alg: 'ES256', use: 'sig' }]
    expect(await create()()).toBe('ERR_RESPONSE_UNTRUSTED')
  })

  test('may be at a configured URL', async () => {
    expect(await create({ jwksUri: `${ISSUER}/jwks?x` })()).toBe(true)
    expect(as.jwksRequests.map(({ url }) => url)).toEqual([`${ISSUER}/jwks?x`])
  })
})

test.each(['http://as.example.com/jwks', 'http://127.0.0.1/jwks', 'file:///etc/passwd', 'jwks', undefined])(
  'JWT-12 is not fetched from %s, even if the metadata name it',
  async (jwks_uri) => {
    const asked: string[] = []
    const { fetch } = as
    const server = {
      ...as,
      fetch(url: string, init: RequestInit) {
        asked.push(url)
        if (!url.includes('/.well-known/')) return fetch(url, init)
        return Promise.resolve(
          Response.json({ issuer: ISSUER, introspection_endpoint: `${ISSUER}/introspect`, jwks_uri }),
        )
      },
    }
    const client = createClient(server)
    await expect(client.introspect('abc')).rejects.toMatchObject({ code: UNAVAILABLE })
    expect(asked.filter((url) => !url.startsWith(ISSUER))).toEqual([])
    expect(as.jwksRequests).toEqual([])
  },
)
