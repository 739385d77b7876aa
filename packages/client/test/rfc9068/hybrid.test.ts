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

/** What comes of a JWT with these claims, when this is answered about it. */
async function ask(answer: object, claims: object = GOOD) {
  as.answer = answer
  return createClient(as, { mode: 'local-then-introspect' }).client.introspect(await issue(key, claims))
}

function present(token: string): Request {
  return new Request(AUDIENCE, { headers: { authorization: `Bearer ${token}` } })
}

describe('local-then-introspect', () => {
  test('asks about a JWT that is good, so that one that was revoked is inactive at once (AT-13, FAPI-06)', async () => {
    expect(await ask({ active: true, ...GOOD })).toEqual({ active: true, ...GOOD })
    expect(await ask({ active: false })).toEqual({ active: false })
    expect(as.asked).toHaveLength(2)
  })

  test('tells where the answer came from', async () => {
    const { client, events } = createClient(as, { mode: 'local-then-introspect' })
    await client.introspect(good)
    await client.introspect(await issue(stranger))
    expect(events.flatMap((event) => ('source' in event ? [event.source] : []))).toEqual(['endpoint', 'local'])
  })

  test('does not ask about what is expired, so that nobody can make it ask (AT-11, FAPI-06)', async () => {
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
  ])('believes neither when they differ in %s (AT-13)', async (name, signed, answered) => {
    const claims = { ...GOOD, [name]: signed }
    await expect(ask({ active: true, ...claims, [name]: answered }, claims)).rejects.toMatchObject({
      code: 'ERR_RESPONSE_UNTRUSTED',
    })
    expect(await ask({ active: true, ...claims }, claims)).toMatchObject({ active: true, [name]: signed })
    // What one of them leaves out is not a difference.
    const { [name as 'sub']: _, ...rest } = claims
    expect(await ask({ active: true, ...rest }, claims)).toMatchObject({ active: true, [name]: signed })
  })

  test('a binding that only one of them names counts (AT-13)', async () => {
    const cnf = { jkt: 'x'.repeat(43) }
    expect(await ask({ active: true, ...GOOD, cnf })).toMatchObject({ cnf })
    expect(await ask({ active: true, ...GOOD }, { ...GOOD, cnf })).toMatchObject({ cnf })
  })

  test('a member of cnf that only one of them has is no difference, and a second binding is (AT-13)', async () => {
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
    ['the earlier end', { exp: NOW + 300 }, { exp: NOW + 60 }, { exp: NOW + 60 }],
    ['the earlier end, the other way round', { exp: NOW + 60 }, { exp: NOW + 300 }, { exp: NOW + 60 }],
    ['the later beginning', { nbf: NOW - 9 }, { nbf: NOW - 5 }, { nbf: NOW - 5 }],
    ['the scope that both grant', { scope: 'a b c' }, { scope: 'c x a' }, { scope: 'a c' }],
    ['no scope that was not signed', { scope: 'a' }, { scope: 'a admin' }, { scope: 'a' }],
    ['no scope where none was signed', { scope: undefined }, { scope: 'admin' }, { scope: undefined }],
    ['the scope that was signed, where nothing is said of it', { scope: 'a' }, { scope: undefined }, { scope: 'a' }],
    ['the audience that both name', { aud: ['a', 'b'] }, { aud: ['b', 'c'] }, { aud: ['b'] }],
    ['the audience that both name, as it was signed', { aud: 'a' }, { aud: 'a' }, { aud: 'a' }],
    ['an audience of nobody, where they name none in common', { aud: 'a' }, { aud: ['b'] }, { aud: [] }],
    ['the audience that was signed, where nothing is said of it', { aud: 'a' }, { aud: undefined }, { aud: 'a' }],
    [
      'the details that both have',
      { authorization_details: [{ type: 'a', actions: ['read'] }, { type: 'b' }] },
      { authorization_details: [{ actions: ['read'], type: 'a' }, { type: 'c' }] },
      { authorization_details: [{ type: 'a', actions: ['read'] }] },
    ],
    [
      'no details where none were signed',
      {},
      { authorization_details: [{ type: 'a' }] },
      { authorization_details: undefined },
    ],
    ['the earlier login', { auth_time: NOW - 9 }, { auth_time: NOW - 5 }, { auth_time: NOW - 9 }],
    ['no login class where they differ', { acr: 'pwd' }, { acr: 'mfa' }, { acr: undefined }],
    ['the login class that one names', { acr: undefined }, { acr: 'mfa' }, { acr: 'mfa' }],
    ['what else the server says now', { tenant: 'old', x: 1 }, { tenant: 'new' }, { tenant: 'new', x: 1 }],
  ])('takes %s (AT-13)', async (_, signed, answered, expected) => {
    const result = await ask({ active: true, ...GOOD, ...answered }, { ...GOOD, ...signed })
    expect(result.active).toBe(true)
    for (const [name, value] of Object.entries(expected)) {
      expect((result as Record<string, unknown>)[name]).toEqual(value)
    }
  })

  test('gives the scope that was added to nobody (AT-13)', async () => {
    as.answer = { active: true, ...GOOD, scope: `${GOOD.scope} admin` }
    const { client } = createClient(as, { mode: 'local-then-introspect' })
    expect(await client.guard({ audience: AUDIENCE, scope: 'admin' })(present(good))).toMatchObject({ reason: 'scope' })
    expect(await client.guard({ audience: AUDIENCE, scope: 'orders:read' })(present(good))).toMatchObject({
      allowed: true,
    })
  })

  test('a server that cannot be reached makes no token good (FAPI-06)', async () => {
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
  test('asks about nothing and needs no client authentication', async () => {
    const { client } = createClient(as, { mode: 'local' }, { clientAuthentication: undefined as never })
    expect(await client.introspect(good)).toMatchObject({ active: true })
    expect(await client.introspect('an-opaque-token')).toEqual({ active: false })
    expect(as.asked).toEqual([])
  })

  test('an opaque token is inactive, and the operator is told once a minute what to do about it (AT-11)', async () => {
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

  test('one fault does not hide another', async () => {
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
    ['with two dots and base64url of no JSON', `${encode('hello')}.${encode('world')}.AAAA`],
    ['whose first part is JSON without alg', `${encode('{"typ":"x"}')}.${encode('{}')}.AAAA`],
    ['whose first part is a text', `${encode('"alg"')}.${encode('{}')}.AAAA`],
    ['whose first part is null', `${encode('null')}.${encode('{}')}.AAAA`],
    ['whose alg is no text', `${encode('{"alg":5}')}.${encode('{}')}.AAAA`],
    ['that is an encrypted JWT', `${encode('{"alg":"RSA-OAEP","enc":"A256GCM"}')}.a.b.c.d`],
    ['that has two parts of a JWT', `${header}.${encode('{}')}`],
    ['that is a PASETO', 'v4.public.eyJzdWIiOiJhIn0'],
  ]

  test.each(opaque)('one %s is asked about (AT-11)', async (_, token) => {
    for (const mode of ['local-or-introspect', 'local-then-introspect'] as const) {
      const { client } = createClient(as, { mode })
      expect(await client.introspect(token)).toMatchObject({ active: true })
    }
    expect(as.asked).toEqual([token, token])
  })

  test.each([
    ['names another issuer', { ...GOOD, iss: 'https://evil.example' }],
    ['names none', { sub: 'alice' }],
    ['names ours and is signed by another', GOOD],
  ])('a JWT that %s is sent nowhere (AT-11, AT-12)', async (_, claims) => {
    for (const mode of ['local', 'local-or-introspect', 'local-then-introspect'] as const) {
      const { client } = createClient(as, { mode })
      expect(await client.introspect(await issue(stranger, claims))).toEqual({ active: false })
    }
    expect(as.asked).toEqual([])
  })

  test.each([
    ['claims that are no JSON', `${header}.${encode('hello')}.AAAA`],
    ['padding', `${header}=.${encode(JSON.stringify(GOOD))}=.AAAA`],
    ['a name that stands twice', assemble('{"alg":"ES256","alg":"ES256"}', GOOD)],
  ])(
    'a JWT that is written wrongly, with %s, is not taken for an opaque token (AT-11, JOSE-03, JOSE-04)',
    async (_, token) => {
      const { client } = createClient(as, { mode: 'local-then-introspect' })
      expect(await client.introspect(token)).toEqual({ active: false })
      expect(as.asked).toEqual([])
    },
  )

  // Some decoders skip all of this, and the token that is left was signed by our issuer.
  test.each([
    ['a character after it', (jwt: string) => `${jwt}~`],
    ['a space after it', (jwt: string) => `${jwt} `],
    ['a space before it', (jwt: string) => ` ${jwt}`],
    ['a dot after it', (jwt: string) => `${jwt}.`],
    ['a fourth part', (jwt: string) => `${jwt}.AAAA`],
    ['a character in its signature', (jwt: string) => `${jwt.slice(0, -8)}~${jwt.slice(-8)}`],
  ])(
    'an ID token is not taken for an opaque token that the server says is active, with %s (AT-11)',
    async (_, disguise) => {
      const idToken = disguise(await issue(key, GOOD, { typ: 'JWT' }))
      for (const mode of ['local', 'local-or-introspect', 'local-then-introspect'] as const) {
        const { client } = createClient(as, { mode })
        expect(await client.introspect(idToken)).toEqual({ active: false })
      }
      expect(as.asked).toEqual([])
    },
  )

  test('local-or-introspect asks about no JWT', async () => {
    as.answer = { active: false }
    const { client } = createClient(as, { mode: 'local-or-introspect' })
    expect(await client.introspect(good)).toMatchObject({ active: true })
    expect(await client.introspect('opaque')).toEqual({ active: false })
    expect(as.asked).toEqual(['opaque'])
  })

  test('every JWT is introspected where the group is not given', async () => {
    as.answer = { active: true, sub: 'bob' }
    const { client } = createClient(as, {}, { jwt: undefined })
    expect(await client.introspect(await issue(stranger))).toMatchObject({ sub: 'bob' })
    expect(as.fetched).toBe(0)
  })
})

describe('the cache', () => {
  test('keeps what a JWT says, never past its end, and asks for no signature again', async () => {
    let nowMs = NOW * 1000
    const { client, events } = createClient(as, {}, { cache: { maxAgeSeconds: 600 }, now: () => nowMs })
    const result = await client.introspect(good)
    // Nothing could be verified with these.
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

  test('shares one verification between calls at the same time', async () => {
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

  test('keeps the stricter of both answers', async () => {
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

  test('in a store that is shared needs no client identifier where nobody is asked, and mixes no settings', async () => {
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
