import { generateKeyPairSync, sign as signOctets } from 'node:crypto'
import { beforeEach, describe, expect, test } from 'vitest'
import {
  assemble,
  AUDIENCE,
  createClient,
  createKey,
  createServer,
  GOOD,
  ISSUER,
  type IssuingServer,
  issue,
  NOW,
} from '../jwt-authorization-server.ts'

const key = await createKey('ES256', 'first')
const next = await createKey('ES256', 'second')
const rsa = await createKey('RS256', 'first')
const good = await issue(key)
const UNAVAILABLE = 'ERR_JWT_KEYS_UNAVAILABLE'

let as: IssuingServer
let nowMs: number

beforeEach(() => {
  as = createServer(key)
  nowMs = NOW * 1000
})

function create(jwt: Parameters<typeof createClient>[1] = {}) {
  const { client } = createClient(as, jwt, { now: () => nowMs })
  return (token: string) =>
    client.introspect(token).then(
      (result) => result.active,
      (error: { code: string }) => error.code,
    )
}

/** A token issued at the current time. */
function issueNow(signer = key, header: object = {}): Promise<string> {
  const now = Math.floor(nowMs / 1000)
  return issue(signer, { ...GOOD, iat: now, exp: now + 60 }, header)
}

describe('a token', () => {
  test('without a reachable key is not bad: the call fails, and a guard answers 503', async () => {
    as.jwksAnswer = () => new Response('', { status: 503 })
    expect(await create()(good)).toBe(UNAVAILABLE)
    const { client } = createClient(as)
    const request = new Request(AUDIENCE, { headers: { authorization: `Bearer ${good}` } })
    expect(await client.guard({ audience: AUDIENCE })(request)).toMatchObject({
      reason: 'unavailable',
      status: 503,
      error: { code: UNAVAILABLE, retryable: true },
    })
  })

  test('that is expired, or for another audience, is refused without a key', async () => {
    as.jwksAnswer = () => new Response('', { status: 503 })
    const introspect = create()
    expect(await introspect(await issue(key, { ...GOOD, exp: NOW - 60 }))).toBe(false)
    expect(await introspect(await issue(key, { ...GOOD, iss: 'https://evil.example' }))).toBe(false)
    expect(as.fetched).toBe(0)
  })

  test('is verified by new keys at once after the clock was set back', async () => {
    const introspect = create()
    expect(await introspect(await issueNow())).toBe(true)
    nowMs -= 3_600_000
    as.keys = [next.published]
    expect(await introspect(await issueNow(next))).toBe(true)
    expect(as.fetched).toBe(2)
    // The cooldown uses the new time.
    as.keys = [key.published]
    await introspect(await issueNow(key))
    expect(as.fetched).toBe(2)
    nowMs += 31_000
    expect(await introspect(await issueNow(key))).toBe(true)
    expect(as.fetched).toBe(3)
  })

  test('with an unknown kid causes one fetch, which finds a new key', async () => {
    const introspect = create()
    expect(await introspect(await issueNow())).toBe(true)
    nowMs += 31_000
    as.keys = [key.published, next.published]
    expect(await introspect(await issueNow(next))).toBe(true)
    expect(as.fetched).toBe(2)
  })

  test('with an invented kid causes no storm of requests, and is inactive (AT-04)', async () => {
    const introspect = create()
    for (let i = 0; i < 20; i++) expect(await introspect(await issueNow(next, { kid: `random-${i}` }))).toBe(false)
    expect(as.fetched).toBe(1)
    nowMs += 31_000
    const outcomes = await Promise.all(
      Array.from({ length: 20 }, async (_, i) => introspect(await issueNow(next, { kid: `other-${i}` }))),
    )
    expect(new Set(outcomes)).toEqual(new Set([false]))
    expect(as.fetched).toBe(2)
  })

  test('with an unknown kid is not called bad while the keys cannot be fetched', async () => {
    const introspect = create()
    expect(await introspect(await issueNow())).toBe(true)
    nowMs += 31_000
    as.jwksAnswer = () => new Response('', { status: 500 })
    expect(await introspect(await issueNow(next))).toBe(UNAVAILABLE)
    expect(await introspect(await issueNow(next))).toBe(UNAVAILABLE)
    // Tokens with a known key are accepted meanwhile.
    expect(await introspect(await issueNow())).toBe(true)
    // One request at the start and one for the new kid. Status 500 is not retried.
    expect(as.fetched).toBe(2)
  })

  test('of a withdrawn key is inactive', async () => {
    const introspect = create()
    expect(await introspect(await issueNow())).toBe(true)
    as.keys = [next.published]
    nowMs += 3_601_000
    expect(await introspect(await issueNow())).toBe(false)
  })
})

test.each([
  ['of the same type', [next.published, key.published]],
  ['of another type', [rsa.published, key.published]],
  ['with an invalid coordinate', [{ ...key.published, x: 'AAAA' }, key.published]],
  ['of an unknown type', [{ kty: 'NEW' }, null, 5, key.published]],
])('finds the key beside another key %s with the same kid (FAPI-08)', async (_, keys) => {
  as.keys = keys.map((each) =>
    typeof each === 'object' && each !== null ? { ...each, kid: 'first' } : each,
  ) as typeof as.keys
  expect(await create()(good)).toBe(true)
})

describe('jwks and jwksUri', () => {
  test('replace the keys of the metadata', async () => {
    as.keys = []
    expect(await create({ jwks: { keys: [key.published] } })(good)).toBe(true)
    expect(as.fetched).toBe(0)
    expect(await create({ jwksUri: `${ISSUER}/jwks` })(good)).toBe(false)
    expect(as.fetched).toBe(1)
  })
})

test('an RSA key of less than 2048 bits verifies nothing, published or not (FAPI-04)', async () => {
  for (const [modulusLength, active] of [
    [1024, false],
    [2048, true],
  ] as const) {
    const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength })
    as.keys = [{ ...(publicKey.export({ format: 'jwk' }) as object), kid: 'short', kty: 'RSA' }]
    const signed = assemble({ alg: 'RS256', typ: 'at+jwt', kid: 'short' }, GOOD, '').slice(0, -1)
    const signature = signOctets('sha256', Buffer.from(signed), privateKey).toString('base64url')
    expect(await create()(`${signed}.${signature}`)).toBe(active)
  }
})

test('fapi2 allows only PS256, ES256 and EdDSA (FAPI-04)', async () => {
  as = createServer(key, rsa)
  const introspect = create({ profile: 'fapi2' })
  expect(await introspect(good)).toBe(true)
  expect(await introspect(await issue(rsa))).toBe(false)
})
