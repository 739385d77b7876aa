import { beforeEach, describe, expect, test } from 'vitest'
import {
  assemble,
  AUDIENCE,
  createClient,
  createKey,
  createServer,
  GOOD,
  type IssuingServer,
  issue,
  NOW,
} from '../jwt-authorization-server.ts'

const key = await createKey('ES256', 'first')
const stranger = await createKey('ES256', 'first')
const good = await issue(key)
const encode = (text: string) => Buffer.from(text).toString('base64url')

let as: IssuingServer

beforeEach(() => {
  as = createServer(key)
  as.answer = { active: true, ...GOOD }
})

/** The result for a JWT with these claims and this answer. */
async function ask(answer: object, claims: object = GOOD) {
  as.answer = answer
  return createClient(as, { mode: 'local-then-introspect' }).client.introspect(await issue(key, claims))
}

function present(token: string): Request {
  return new Request(AUDIENCE, { headers: { authorization: `Bearer ${token}` } })
}

/** A client with these random numbers, for a rate of one in two. Without any left, it does not ask. */
function createSampling(...numbers: number[]) {
  const random = () => numbers.shift() ?? 0.9
  return createClient(as, { mode: 'local-or-introspect', sampleRate: 0.5, random })
}

/** The other ECDSA signature of the same text, which everybody can make: (r, n - s) for (r, s). */
function withOtherSignature(jwt: string): string {
  const order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n
  const end = jwt.lastIndexOf('.')
  const signature = Buffer.from(jwt.slice(end + 1), 'base64url').toString('hex')
  const s = (order - BigInt(`0x${signature.slice(64)}`)).toString(16).padStart(64, '0')
  return `${jwt.slice(0, end)}.${Buffer.from(signature.slice(0, 64) + s, 'hex').toString('base64url')}`
}

describe('a sample', () => {
  test('asks about a JWT in doubt also with another signature', async () => {
    as.answer = { active: false }
    const { client } = createSampling(0.4)
    const other = withOtherSignature(good)
    expect(await client.introspect(good)).toEqual({ active: false })
    expect(await client.introspect(other)).toEqual({ active: false })
    expect(as.asked).toEqual([good, other])
    // The signature itself is good: another client, which asks about nothing, accepts it.
    expect(await createSampling().client.introspect(other)).toMatchObject({ active: true })
  })

  test('of good JWTs is introspected, and no other JWT', async () => {
    const { client, events } = createSampling(0.5, 0.4, 0.6)
    for (let count = 0; count < 3; count++) expect(await client.introspect(good)).toEqual({ active: true, ...GOOD })
    expect(events.flatMap((event) => ('source' in event ? [event.source] : []))).toEqual(['local', 'endpoint', 'local'])
    await client.introspect(await issue(stranger))
    await client.introspect(await issue(key, { ...GOOD, exp: NOW - 60 }))
    expect(as.asked).toEqual([good])
  })

  test('refuses a revoked JWT, tells it once, and asks about it until the server calls it active', async () => {
    as.answer = { active: false }
    const { client, events } = createSampling(0.9, 0.1)
    const other = await issue(key, { ...GOOD, jti: 'other' })
    expect((await client.introspect(good)).active).toBe(true)
    for (let count = 0; count < 3; count++) expect(await client.introspect(good)).toEqual({ active: false })
    expect((await client.introspect(other)).active).toBe(true)
    expect(as.asked).toEqual([good, good, good])
    const told = events.flatMap((event) => (event.type === 'jwt_sample_inactive' ? [event.fingerprint] : []))
    const refused = events.flatMap((event) =>
      event.type === 'introspected' && !event.active ? [event.fingerprint] : [],
    )
    expect(told).toEqual(refused.slice(0, 1))
    expect(refused).toHaveLength(3)
    as.answer = { active: true, ...GOOD }
    expect((await client.introspect(good)).active).toBe(true)
    expect((await client.introspect(good)).active).toBe(true)
    expect(as.asked).toHaveLength(4)
  })

  test.each([
    ['the server fails', () => Response.json({}, { status: 500 }), 'ERR_TRANSPORT_STATUS', 503],
    ['the answer is malformed', () => new Response('{'), 'ERR_RESPONSE_MALFORMED', 502],
    [
      'the answer is about another user',
      () => Response.json({ active: true, ...GOOD, sub: 'mallory' }),
      'ERR_RESPONSE_UNTRUSTED',
      502,
    ],
  ])('lets nothing through when %s, also when the sender tries again', async (_, reply, code, status) => {
    const { fetch } = as
    const failing = async (url: string, init: RequestInit) => {
      const answer = await fetch(url, init)
      return new URL(url).pathname === '/introspect' ? reply() : answer
    }
    const numbers = [0.1]
    const { client } = createClient(
      as,
      { mode: 'local-or-introspect', sampleRate: 0.5, random: () => numbers.shift() ?? 0.9 },
      { transport: { fetch: failing, retry: false } },
    )
    const guard = client.guard({ audience: AUDIENCE })
    for (let count = 0; count < 3; count++) {
      expect(await guard(present(good))).toMatchObject({ reason: 'unavailable', status, error: { code } })
    }
    expect(as.asked).toHaveLength(3)
    // A JWT about which nothing was asked is verified alone.
    expect(await guard(present(await issue(key, { ...GOOD, jti: 'other' })))).toMatchObject({ allowed: true })
  })

  test('is a part of the verifications only: an answer in the cache is used as it is', async () => {
    const client = createClient(
      as,
      { mode: 'local-or-introspect', sampleRate: 1, random: () => 0.9 },
      { cache: { maxAgeSeconds: 30 } },
    ).client
    for (let count = 0; count < 3; count++) await client.introspect(good)
    expect(as.asked).toEqual([good])
  })

  test('is taken by numbers of the runtime without the option random', async () => {
    const { client } = createClient(as, { mode: 'local-or-introspect', sampleRate: 0.5 })
    for (let count = 0; count < 64; count++) await client.introspect(good)
    // The chance that this fails is 2 in 2 to the 64th power.
    expect(as.asked.length).toBeGreaterThan(0)
    expect(as.asked.length).toBeLessThan(64)
  })

  test.each([
    ['local', /sampleRate: needs jwt\.mode local-or-introspect, because the mode local asks about no token/],
    ['local-then-introspect', /because the mode local-then-introspect asks about every good JWT/],
  ] as const)('is a TypeError with the mode %s', (mode, message) => {
    expect(() => createClient(as, { mode, sampleRate: 0.1 })).toThrow(message)
    expect(() => createClient(as, { mode, sampleRate: 0 })).not.toThrow()
  })
})

describe('local-then-introspect', () => {
  test('asks about a good JWT, so that a revoked one is inactive at once (AT-13, FAPI-06)', async () => {
    expect(await ask({ active: true, ...GOOD })).toEqual({ active: true, ...GOOD })
    expect(await ask({ active: false })).toEqual({ active: false })
    expect(as.asked).toHaveLength(2)
  })

  test('reports the source of the answer', async () => {
    const { client, events } = createClient(as, { mode: 'local-then-introspect' })
    await client.introspect(good)
    await client.introspect(await issue(stranger))
    expect(events.flatMap((event) => ('source' in event ? [event.source] : []))).toEqual(['endpoint', 'local'])
  })

  test('does not ask about an expired JWT, so that it causes no request (AT-11, FAPI-06)', async () => {
    expect(await ask({ active: true }, { ...GOOD, exp: NOW - 60 })).toEqual({ active: false })
    expect(as.asked).toEqual([])
  })

  test.each([
    ['iss', 'https://as.example.com', 'https://evil.example'],
    ['sub', 'alice', 'mallory'],
    ['client_id', 'web', 'evil'],
    ['jti', 'a-jti', 'another'],
    ['cnf', { jkt: 'x'.repeat(43) }, { jkt: 'y'.repeat(43) }],
    ['act', { sub: 'agent' }, { sub: 'agent', act: { sub: 'other' } }],
  ])('trusts neither when they differ in %s (AT-13)', async (name, signed, answered) => {
    const claims = { ...GOOD, [name]: signed }
    await expect(ask({ active: true, ...claims, [name]: answered }, claims)).rejects.toMatchObject({
      code: 'ERR_RESPONSE_UNTRUSTED',
    })
    expect(await ask({ active: true, ...claims }, claims)).toMatchObject({ active: true, [name]: signed })
    // A member that only one of them has is not a difference.
    const { [name as 'sub']: _, ...rest } = claims
    expect(await ask({ active: true, ...rest }, claims)).toMatchObject({ active: true, [name]: signed })
  })

  test('requires a binding that only one of them names (AT-13)', async () => {
    const cnf = { jkt: 'x'.repeat(43) }
    expect(await ask({ active: true, ...GOOD, cnf })).toMatchObject({ cnf })
    expect(await ask({ active: true, ...GOOD }, { ...GOOD, cnf })).toMatchObject({ cnf })
  })

  test('accepts an unknown cnf member in only one of them, but not a second binding (AT-13)', async () => {
    const cnf = { jkt: 'x'.repeat(43) }
    const more = { ...cnf, 'kc-jkt-type': 'DPoP' }
    expect(await ask({ active: true, ...GOOD, cnf: more }, { ...GOOD, cnf })).toMatchObject({ cnf: more })
    expect(await ask({ active: true, ...GOOD, cnf }, { ...GOOD, cnf: more })).toMatchObject({ cnf: more })
    for (const other of [{ ...cnf, 'x5t#S256': 'y'.repeat(43) }, { 'x5t#S256': 'y'.repeat(43) }, { kid: 'a' }]) {
      const differ = { code: 'ERR_RESPONSE_UNTRUSTED' }
      await expect(ask({ active: true, ...GOOD, cnf: other }, { ...GOOD, cnf })).rejects.toMatchObject(differ)
      await expect(ask({ active: true, ...GOOD, cnf }, { ...GOOD, cnf: other })).rejects.toMatchObject(differ)
    }
  })

  test.each([
    ['the earlier exp', { exp: NOW + 300 }, { exp: NOW + 60 }, { exp: NOW + 60 }],
    ['the earlier exp, the other way round', { exp: NOW + 60 }, { exp: NOW + 300 }, { exp: NOW + 60 }],
    ['the later nbf', { nbf: NOW - 9 }, { nbf: NOW - 5 }, { nbf: NOW - 5 }],
    ['the scope that both grant', { scope: 'a b c' }, { scope: 'c x a' }, { scope: 'a c' }],
    ['no scope that is not signed', { scope: 'a' }, { scope: 'a admin' }, { scope: 'a' }],
    ['no scope when none is signed', { scope: undefined }, { scope: 'admin' }, { scope: undefined }],
    ['the signed scope when the answer has none', { scope: 'a' }, { scope: undefined }, { scope: 'a' }],
    ['the audience that both name', { aud: ['a', 'b'] }, { aud: ['b', 'c'] }, { aud: ['b'] }],
    ['the common audience in its signed form', { aud: 'a' }, { aud: 'a' }, { aud: 'a' }],
    ['an empty audience when they have none in common', { aud: 'a' }, { aud: ['b'] }, { aud: [] }],
    ['the signed audience when the answer has none', { aud: 'a' }, { aud: undefined }, { aud: 'a' }],
    [
      'the details that both have',
      { authorization_details: [{ type: 'a', actions: ['read'] }, { type: 'b' }] },
      { authorization_details: [{ actions: ['read'], type: 'a' }, { type: 'c' }] },
      { authorization_details: [{ type: 'a', actions: ['read'] }] },
    ],
    [
      'no details when none are signed',
      {},
      { authorization_details: [{ type: 'a' }] },
      { authorization_details: undefined },
    ],
    ['the earlier auth_time', { auth_time: NOW - 9 }, { auth_time: NOW - 5 }, { auth_time: NOW - 9 }],
    ['no acr when they differ', { acr: 'pwd' }, { acr: 'mfa' }, { acr: undefined }],
    ['the amr that both have', { amr: ['pwd', 'otp'] }, { amr: ['otp', 'hwk'] }, { amr: ['otp'] }],
    ['the amr that only one has', { amr: undefined }, { amr: ['otp'] }, { amr: ['otp'] }],
    ['the acr that only one has', { acr: undefined }, { acr: 'mfa' }, { acr: 'mfa' }],
    ['other members from the answer', { tenant: 'old', x: 1 }, { tenant: 'new' }, { tenant: 'new', x: 1 }],
  ])('takes %s (AT-13)', async (_, signed, answered, expected) => {
    const result = await ask({ active: true, ...GOOD, ...answered }, { ...GOOD, ...signed })
    expect(result.active).toBe(true)
    for (const [name, value] of Object.entries(expected)) {
      expect((result as Record<string, unknown>)[name]).toEqual(value)
    }
  })

  test('does not grant a scope that only the answer has (AT-13)', async () => {
    as.answer = { active: true, ...GOOD, scope: `${GOOD.scope} admin` }
    const { client } = createClient(as, { mode: 'local-then-introspect' })
    expect(await client.guard({ audience: AUDIENCE, scope: 'admin' })(present(good))).toMatchObject({ reason: 'scope' })
    expect(await client.guard({ audience: AUDIENCE, scope: 'orders:read' })(present(good))).toMatchObject({
      allowed: true,
    })
  })

  test('an unreachable server makes no token good (FAPI-06)', async () => {
    const { fetch } = as
    const down = {
      ...as,
      fetch: (url: string, init: RequestInit) =>
        url.endsWith('/introspect') ? Promise.reject(new TypeError('down')) : fetch(url, init),
    }
    const { client } = createClient(down, { mode: 'local-then-introspect' })
    await expect(client.introspect(good)).rejects.toMatchObject({ code: 'ERR_TRANSPORT_UNREACHABLE' })
  })
})

describe('local', () => {
  test('sends no introspection request and needs no client authentication', async () => {
    const { client } = createClient(as, { mode: 'local' }, { clientAuthentication: undefined as never })
    expect(await client.introspect(good)).toMatchObject({ active: true })
    expect(await client.introspect('an-opaque-token')).toEqual({ active: false })
    expect(as.asked).toEqual([])
  })

  test('makes an opaque token inactive, and tells the operator the remedy once a minute (AT-11)', async () => {
    let nowMs = NOW * 1000
    const { client, events, faults } = createClient(as, {}, { now: () => nowMs })
    for (let i = 0; i < 50; i++) await client.introspect(`opaque-${i}`)
    expect(faults()).toEqual(['opaque'])
    const told = events.find((event) => event.type === 'jwt_unusable')
    expect(told?.message).toMatch(/Auth0.*audience/)
    expect(JSON.stringify(told)).not.toContain('opaque-')
    nowMs += 59_999
    await client.introspect('x')
    expect(faults()).toHaveLength(1)
    nowMs += 1
    await client.introspect('x')
    expect(faults()).toEqual(['opaque', 'opaque'])
    expect(events.filter((event) => event.type === 'introspected')).toHaveLength(52)
  })

  test('reports every fault of an opaque token and of a JWT', async () => {
    const { client, faults } = createClient(as)
    await client.introspect('opaque')
    await client.introspect(await issue(stranger))
    await client.introspect(await issue(key, GOOD, { typ: 'JWT' }))
    expect(faults()).toEqual(['opaque', 'signature', 'type'])
  })
})

describe('opaque tokens beside JWTs', () => {
  const header = encode('{"alg":"ES256","typ":"at+jwt"}')
  const opaque: [string, string][] = [
    ['without dots', 'an-opaque-token'],
    ['with two dots', 'an.opaque.token'],
    ['with two dots and base64url that is not JSON', `${encode('hello')}.${encode('world')}.AAAA`],
    ['whose first part is JSON without alg', `${encode('{"typ":"x"}')}.${encode('{}')}.AAAA`],
    ['whose first part is a string', `${encode('"alg"')}.${encode('{}')}.AAAA`],
    ['whose first part is null', `${encode('null')}.${encode('{}')}.AAAA`],
    ['whose alg is not a string', `${encode('{"alg":5}')}.${encode('{}')}.AAAA`],
    ['that is an encrypted JWT', `${encode('{"alg":"RSA-OAEP","enc":"A256GCM"}')}.a.b.c.d`],
    ['that has two parts of a JWT', `${header}.${encode('{}')}`],
    ['that is a PASETO', 'v4.public.eyJzdWIiOiJhIn0'],
  ]

  test.each(opaque)('a token %s is introspected (AT-11)', async (_, token) => {
    for (const mode of ['local-or-introspect', 'local-then-introspect'] as const) {
      const { client } = createClient(as, { mode })
      expect(await client.introspect(token)).toMatchObject({ active: true })
    }
    expect(as.asked).toEqual([token, token])
  })

  test.each([
    ['names another issuer', { ...GOOD, iss: 'https://evil.example' }],
    ['names no issuer', { sub: 'alice' }],
    ['names this issuer but is signed by another', GOOD],
  ])('a JWT that %s causes no request (AT-11, AT-12)', async (_, claims) => {
    for (const mode of ['local', 'local-or-introspect', 'local-then-introspect'] as const) {
      const { client } = createClient(as, { mode })
      expect(await client.introspect(await issue(stranger, claims))).toEqual({ active: false })
    }
    expect(as.asked).toEqual([])
  })

  test.each([
    ['claims that are not JSON', `${header}.${encode('hello')}.AAAA`],
    ['padding', `${header}=.${encode(JSON.stringify(GOOD))}=.AAAA`],
    ['a duplicate name', assemble('{"alg":"ES256","alg":"ES256"}', GOOD)],
  ])('a malformed JWT, with %s, does not count as an opaque token (AT-11, JOSE-03, JOSE-04)', async (_, token) => {
    const { client } = createClient(as, { mode: 'local-then-introspect' })
    expect(await client.introspect(token)).toEqual({ active: false })
    expect(as.asked).toEqual([])
  })

  // Some decoders skip these characters and see a token that the issuer signed.
  test.each([
    ['a character after it', (jwt: string) => `${jwt}~`],
    ['a space after it', (jwt: string) => `${jwt} `],
    ['a space before it', (jwt: string) => ` ${jwt}`],
    ['a dot after it', (jwt: string) => `${jwt}.`],
    ['a fourth part', (jwt: string) => `${jwt}.AAAA`],
    ['a character in its signature', (jwt: string) => `${jwt.slice(0, -8)}~${jwt.slice(-8)}`],
  ])(
    'an ID token does not count as an opaque token, with %s, even if the server calls it active (AT-11)',
    async (_, disguise) => {
      const idToken = disguise(await issue(key, GOOD, { typ: 'JWT' }))
      for (const mode of ['local', 'local-or-introspect', 'local-then-introspect'] as const) {
        const { client } = createClient(as, { mode })
        expect(await client.introspect(idToken)).toEqual({ active: false })
      }
      expect(as.asked).toEqual([])
    },
  )

  test('local-or-introspect introspects no JWT', async () => {
    as.answer = { active: false }
    const { client } = createClient(as, { mode: 'local-or-introspect' })
    expect(await client.introspect(good)).toMatchObject({ active: true })
    expect(await client.introspect('opaque')).toEqual({ active: false })
    expect(as.asked).toEqual(['opaque'])
  })

  test('every JWT is introspected without the option group', async () => {
    as.answer = { active: true, sub: 'bob' }
    const { client } = createClient(as, {}, { jwt: undefined })
    expect(await client.introspect(await issue(stranger))).toMatchObject({ sub: 'bob' })
    expect(as.fetched).toBe(0)
  })
})

describe('the cache', () => {
  test('keeps the claims of a JWT until its exp, and verifies its signature once', async () => {
    let nowMs = NOW * 1000
    const { client, events } = createClient(as, {}, { cache: { maxAgeSeconds: 600 }, now: () => nowMs })
    const result = await client.introspect(good)
    // With these keys no signature could be verified.
    as.keys = []
    as.jwksAnswer = () => new Response('', { status: 503 })
    nowMs += 299_000
    expect(await client.introspect(good)).toBe(result)
    nowMs += 1000
    expect(await client.introspect(good)).toMatchObject({ active: true })
    nowMs += 5000
    expect(await client.introspect(good)).toEqual({ active: false })
    expect(events.flatMap((event) => (event.type === 'introspected' ? [event.source] : []))).toEqual([
      'local',
      'cache',
      'local',
      'local',
    ])
  })

  test('shares one verification between parallel calls', async () => {
    const { client, events } = createClient(as)
    await Promise.all(Array.from({ length: 5 }, () => client.introspect(good)))
    expect(events.flatMap((event) => ('source' in event ? [event.source] : [])).toSorted()).toEqual([
      'joined',
      'joined',
      'joined',
      'joined',
      'local',
    ])
    expect(as.fetched).toBe(1)
  })

  test('keeps the combined answer', async () => {
    as.answer = { active: true, ...GOOD, scope: 'orders:read', exp: NOW + 20 }
    let nowMs = NOW * 1000
    const { client } = createClient(
      as,
      { mode: 'local-then-introspect' },
      { cache: { maxAgeSeconds: 600 }, now: () => nowMs },
    )
    await client.introspect(good)
    nowMs += 19_000
    expect(await client.introspect(good)).toMatchObject({ scope: 'orders:read' })
    expect(as.asked).toHaveLength(1)
    nowMs += 1000
    await client.introspect(good)
    expect(as.asked).toHaveLength(2)
  })

  test('in a shared store needs no client identifier without introspection, and separates clients with other settings', async () => {
    const entries = new Map<string, never>()
    const store = {
      get: (name: string) => entries.get(name),
      set: (name: string, entry: never) => void entries.set(name, entry),
      delete: (name: string) => void entries.delete(name),
      clear: () => entries.clear(),
    }
    const options = { clientAuthentication: undefined as never, cache: { store, keySecret: 'k'.repeat(32) } }
    const token = await issue(key, GOOD, { typ: 'JWT' })
    expect(await createClient(as, { types: ['JWT'] }, options).client.introspect(token)).toMatchObject({ active: true })
    expect(await createClient(as, { types: ['JWT'] }, options).client.introspect(token)).toMatchObject({ active: true })
    expect(entries.size).toBe(1)
    expect(await createClient(as, {}, options).client.introspect(token)).toEqual({ active: false })
    expect(() => createClient(as, { mode: 'local-or-introspect' }, options)).toThrow(/^clientAuthentication: /)
  })
})
