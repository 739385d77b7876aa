import * as fc from 'fast-check'
import { SignJWT } from 'jose'
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
const rsa = await createKey('RS256', 'rsa')
const other = await createKey('ES256', 'first')
const stranger = await createKey('ES256', 'stranger')
const good = await issue(key)
const utf8 = new TextEncoder()

let as: IssuingServer

beforeEach(() => {
  as = createServer(key, rsa)
})

function without(...names: string[]): object {
  return Object.fromEntries(Object.entries(GOOD).filter(([name]) => !names.includes(name)))
}

describe('a good access token', () => {
  test('gives its claims as the answer, without a request (AT-01, AT-04)', async () => {
    const { client, events, faults } = createClient(as)
    expect(await client.introspect(good)).toEqual({ ...GOOD, active: true })
    expect(as.asked).toEqual([])
    expect(events).toMatchObject([{ type: 'introspected', active: true, source: 'local' }])
    expect(faults()).toEqual([])
  })

  test.each(['at+jwt', 'AT+JWT', 'at+JWT', 'application/at+jwt', 'Application/AT+JWT'])(
    'has the typ %s (AT-01)',
    async (typ) => {
      expect(await createClient(as).client.introspect(await issue(key, GOOD, { typ }))).toMatchObject({ active: true })
    },
  )

  test.each(['ES256', 'RS256', 'PS256', 'ES384', 'Ed25519', 'EdDSA'])(
    'is signed with %s (AT-04, JOSE-06)',
    async (alg) => {
      const signer = await createKey(alg)
      as = createServer(signer)
      expect(await createClient(as).client.introspect(await issue(signer))).toMatchObject({ active: true })
    },
  )

  test('may name Ed25519 by either name when the key names no algorithm (JOSE-06)', async () => {
    const signer = await createKey('Ed25519')
    const { alg: _, ...published } = signer.published
    as.keys = [published]
    const { client } = createClient(as)
    for (const alg of ['Ed25519', 'EdDSA']) {
      expect(await client.introspect(await issue({ ...signer, alg }))).toMatchObject({ active: true })
    }
  })

  test('is deeply frozen, and its own claim active has no effect', async () => {
    const { client } = createClient(as)
    const result = await client.introspect(await issue(key, { ...GOOD, active: false, cnf: { jkt: 'x'.repeat(43) } }))
    expect(result).toMatchObject({ active: true, cnf: { jkt: 'x'.repeat(43) } })
    expect(Object.isFrozen((result as { cnf?: object }).cnf)).toBe(true)
    expect(await client.introspect(assemble({ alg: 'ES256', typ: 'at+jwt' }, { ...GOOD, active: true }))).toEqual({
      active: false,
    })
  })

  test('passes a guard of its audience and no other (AT-03)', async () => {
    const { client } = createClient(as)
    expect(await client.guard({ audience: AUDIENCE, scope: 'orders:read' })(present(good))).toMatchObject({
      allowed: true,
    })
    for (const audience of ['https://other.example.com', `${AUDIENCE}/`, 'https://orders.example']) {
      expect(await client.guard({ audience })(present(good))).toMatchObject({ reason: 'audience', status: 401 })
    }
    expect(await client.guard({ audience: AUDIENCE, scope: 'admin' })(present(good))).toMatchObject({ status: 403 })
  })

  test('that is bound is refused as a bearer token (AT-04)', async () => {
    const { client } = createClient(as)
    const bound = await issue(key, { ...GOOD, cnf: { jkt: 'x'.repeat(43) } })
    const request = present(bound)
    expect(await client.guard({ audience: AUDIENCE })(request)).toMatchObject({ reason: 'confirmation', status: 401 })
  })
})

describe('a bad token is inactive, reported to the operator, and not sent to any server', () => {
  const now = NOW
  const secret = utf8.encode(JSON.stringify(key.published))
  type Row = readonly [what: string, make: () => string | Promise<string>, fault: string | undefined]
  const rows: readonly Row[] = [
    // Signature and algorithm.
    ['alg none (AT-04)', () => assemble({ alg: 'none', typ: 'at+jwt' }, GOOD, ''), 'algorithm'],
    ['alg nOnE (AT-04)', () => assemble({ alg: 'nOnE', typ: 'at+jwt' }, GOOD, ''), 'algorithm'],
    ['no signature (AT-04)', () => `${good.slice(0, good.lastIndexOf('.'))}.`, 'signature'],
    [
      'HS256 with the public key for a secret (AT-04)',
      () => new SignJWT(GOOD).setProtectedHeader({ alg: 'HS256', typ: 'at+jwt', kid: 'first' }).sign(secret),
      'algorithm',
    ],
    ['a signature by another key with the right kid (AT-04)', () => issue(other), 'signature'],
    ['an unknown kid (AT-04)', () => issue(stranger), 'signature'],
    ['a kid that is not a string (AT-04)', () => issue(key, GOOD, { kid: 5 }), 'malformed'],
    ['the kid of a key for another algorithm (AT-04)', () => issue(key, GOOD, { kid: 'rsa' }), 'signature'],
    ['no kid and a forged signature (AT-04)', () => issue(stranger, GOOD, { kid: undefined }), 'signature'],
    [
      'its own key in the header (AT-04)',
      () => issue(stranger, GOOD, { kid: undefined, jwk: stranger.published }),
      'signature',
    ],
    ['its own key by jku (AT-04)', () => issue(stranger, GOOD, { jku: 'https://evil.example/jwks' }), 'signature'],
    ['a certificate in the header (AT-04)', () => issue(stranger, GOOD, { x5c: ['MIIB'] }), 'signature'],
    ['its certificate by x5u (AT-04)', () => issue(stranger, GOOD, { x5u: 'https://evil.example' }), 'signature'],
    // Issuer.
    ['another issuer (AT-02)', () => issue(key, { ...GOOD, iss: 'https://evil.example' }), 'issuer'],
    [
      "another issuer and that issuer's keys (AT-02)",
      () => issue(stranger, { ...GOOD, iss: 'https://b.example' }),
      'issuer',
    ],
    ['the issuer with a trailing slash (AT-02)', () => issue(key, { ...GOOD, iss: `${ISSUER}/` }), 'issuer'],
    [
      'an issuer that begins like the right one (AT-02)',
      () => issue(key, { ...GOOD, iss: `${ISSUER}.evil.example` }),
      'issuer',
    ],
    ['the issuer in another case (AT-02)', () => issue(key, { ...GOOD, iss: 'https://AS.example.com' }), 'issuer'],
    ['the issuer in an array (AT-02)', () => issue(key, { ...GOOD, iss: [ISSUER] }), 'issuer'],
    ['no issuer (AT-02, AT-06)', () => issue(key, without('iss')), 'issuer'],
    // Dates.
    ['an exp in the past (AT-05)', () => issue(key, { ...GOOD, exp: now - 6 }), undefined],
    ['an nbf in the future (AT-05)', () => issue(key, { ...GOOD, nbf: now + 6 }), undefined],
    ['no exp (AT-05, AT-06)', () => issue(key, without('exp')), 'claims'],
    ['an exp in milliseconds (AT-05)', () => issue(key, { ...GOOD, exp: (now + 300) * 1000 }), 'claims'],
    ['an exp that is text (AT-05)', () => issue(key, { ...GOOD, exp: String(now + 300) }), 'claims'],
    ['an exp that is null (AT-05)', () => issue(key, { ...GOOD, exp: null }), 'claims'],
    // Claims.
    ...['aud', 'sub', 'client_id', 'iat', 'jti'].flatMap((name): Row[] => [
      [`no ${name} (AT-06)`, () => issue(key, without(name)), 'claims'],
      [`${name} of null (AT-06)`, () => issue(key, { ...GOOD, [name]: null }), 'claims'],
    ]),
    ['an empty sub (AT-06)', () => issue(key, { ...GOOD, sub: '' }), 'claims'],
    ['a sub that is not a string (AT-06)', () => issue(key, { ...GOOD, sub: 7 }), 'claims'],
    ['a scope that is an array (AT-06)', () => issue(key, { ...GOOD, scope: ['a'] }), 'claims'],
    ['a malformed confirmation (AT-06)', () => issue(key, { ...GOOD, cnf: 'x' }), 'claims'],
    // Types.
    ['no typ (AT-01)', () => issue(key, GOOD, { typ: undefined }), 'type'],
    ['typ JWT (AT-01)', () => issue(key, GOOD, { typ: 'JWT' }), 'type'],
    ['a typ that contains at+jwt (AT-01)', () => issue(key, GOOD, { typ: 'at+jwt2' }), 'type'],
    ['a typ that is not a string (AT-01)', () => issue(key, GOOD, { typ: ['at+jwt'] }), 'type'],
    ['typ of another top-level type (AT-01)', () => issue(key, GOOD, { typ: 'text/at+jwt' }), 'type'],
    // Header.
    [
      'an unknown critical extension (JOSE-02)',
      () => assemble({ alg: 'ES256', typ: 'at+jwt', crit: ['x'], x: 1 }, GOOD),
      'malformed',
    ],
    ['an empty crit (JOSE-02)', () => assemble({ alg: 'ES256', typ: 'at+jwt', crit: [] }, GOOD), 'malformed'],
    ['b64 (JOSE-02)', () => assemble({ alg: 'ES256', typ: 'at+jwt', b64: false, crit: ['b64'] }, GOOD), 'malformed'],
    ['b64 without crit (JOSE-02)', () => issue(key, GOOD, { b64: false }), 'malformed'],
    // Duplicate names.
    [
      'a duplicate header parameter (JOSE-03)',
      () => assemble('{"alg":"none","alg":"ES256","typ":"at+jwt"}', GOOD),
      'malformed',
    ],
    [
      'iss twice, the right one first (JOSE-03)',
      () =>
        issue(
          key,
          JSON.stringify(GOOD)
            .replace('{', `{"iss":"${ISSUER}",`)
            .replace(/"iss":"[^"]+","exp/, '"iss":"https://evil.example","exp'),
        ),
      'malformed',
    ],
    ['sub twice (JOSE-03)', () => issue(key, JSON.stringify(GOOD).replace('{', '{"sub":"admin",')), 'malformed'],
    [
      'a duplicate name in a nested object (JOSE-03)',
      () => issue(key, JSON.stringify(GOOD).replace('{', '{"a":{"b":1,"b":2},')),
      'malformed',
    ],
    ['__proto__ (JOSE-03)', () => issue(key, JSON.stringify(GOOD).replace('{', '{"__proto__":{"x":1},')), 'malformed'],
    // Encoding.
    ['padding (JOSE-04)', () => good.replace('.', '==.'), 'malformed'],
    ['padding at the end (JOSE-04)', () => `${good}==`, 'malformed'],
    [
      'base64 with + and / (JOSE-04)',
      () => issue(key, { ...GOOD, x: '???>>>' }).then((t) => t.replaceAll('_', '/').replaceAll('-', '+')),
      'malformed',
    ],
    ['spare bits at the end of the signature (JOSE-04)', () => withSpareBits(good), 'malformed'],
    [
      'claims that are not UTF-8 (JOSE-04)',
      () => `${good.split('.')[0]}.${Buffer.from([0x7b, 0xff, 0x7d]).toString('base64url')}.AAAA`,
      'malformed',
    ],
    ['claims that are an array (JOSE-04)', () => issue(key, JSON.stringify([GOOD])), 'malformed'],
    ['claims that are not JSON (JOSE-04)', () => issue(key, 'hello'), 'malformed'],
    ['claims with a byte order mark (JOSE-04)', () => issue(key, `\ufeff${JSON.stringify(GOOD)}`), 'malformed'],
    [
      'claims that nest too deep (JOSE-04)',
      () => issue(key, { ...GOOD, x: JSON.parse('['.repeat(50) + ']'.repeat(50)) as unknown }),
      'malformed',
    ],
  ]

  test.each(rows)('%s', async (_, make, fault) => {
    for (const mode of ['local', 'local-or-introspect', 'local-then-introspect'] as const) {
      // An authorization server that was asked would call it active.
      as.answer = { active: true, ...GOOD }
      const { client, faults } = createClient(as, { mode })
      expect(await client.introspect(await make())).toEqual({ active: false })
      expect(faults()).toEqual(fault === undefined ? [] : [fault])
      expect(as.asked).toEqual([])
    }
  })

  test.each(rows)('%s: no guard lets it pass, and the answer is 401', async (_, make) => {
    const { client } = createClient(as)
    const request = present(await make())
    const decision = await client.guard({ audience: AUDIENCE })(request)
    // Padding may stand only at the end of credentials (RFC 6750 §2.1).
    expect([400, 401]).toContain(decision.allowed ? 200 : decision.status)
  })

  test('a token that is too long, without decoding it', async () => {
    const { client, faults } = createClient(as)
    const long = { ...GOOD, x: 'x'.repeat(16_384) }
    await expect(client.introspect(await issue(key, long))).rejects.toMatchObject({ code: 'ERR_TOKEN_TOO_LONG' })
    expect(faults()).toEqual([])
    expect(as.fetched).toBe(0)
    const { client: wider } = createClient(as, {}, { token: { maxBytes: 32_768 } })
    expect(await wider.introspect(await issue(key, long))).toMatchObject({ active: true })
  })

  test('any token with one changed character, in 10,000 examples (AT-04, JOSE-04)', async () => {
    const { client } = createClient(as, { mode: 'local' }, { onEvent: undefined })
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.=+/ '
    await fc.assert(
      fc.asyncProperty(
        fc.nat(good.length - 1),
        fc.constantFrom('replace', 'insert', 'remove', 'cut', 'swap'),
        fc.constantFrom(...alphabet.split('')),
        async (at, how, char) => {
          const mutant = mutate(good, at, how, char)
          fc.pre(mutant !== good)
          expect(await client.introspect(mutant)).toEqual({ active: false })
        },
      ),
      { numRuns: 10_000 },
    )
  })
})

describe('JWTs of other profiles are not access tokens', () => {
  const types = [
    'token-introspection+jwt',
    'dpop+jwt',
    'secevent+jwt',
    'statuslist+jwt',
    'client-authentication+jwt',
    'oauth-client-attestation+jwt',
    'oauth-client-attestation-pop+jwt',
    'txntoken+jwt',
    'logout+jwt',
  ]

  test.each(types)('not with typ %s, in any spelling (AT-14)', async (typ) => {
    for (const spelling of [typ, typ.toUpperCase(), `application/${typ}`]) {
      const token = await issue(key, GOOD, { typ: spelling })
      const { client, faults } = createClient(as, { types: ['at+jwt', 'JWT'], acceptUntyped: true })
      expect(await client.introspect(token)).toEqual({ active: false })
      expect(faults()).toEqual(['type'])
      expect(() => createClient(as, { types: ['at+jwt', spelling] })).toThrow(/^jwt\.types: /)
    }
  })

  test.each([
    ['a security event', { events: { 'https://schemas.openid.net/event': {} } }],
    ['an introspection response', { token_introspection: { active: true } }],
    ['a DPoP proof', { htm: 'GET', htu: AUDIENCE }],
    ['a status list', { status_list: { bits: 1, lst: 'x' } }],
  ])('not with the claims of %s, whatever the typ (AT-14)', async (_, claims) => {
    for (const typ of ['at+jwt', 'JWT', undefined]) {
      const { client, faults } = createClient(as, { types: ['at+jwt', 'JWT'], acceptUntyped: true })
      expect(await client.introspect(await issue(key, { ...GOOD, ...claims }, { typ }))).toEqual({ active: false })
      expect(faults()).toEqual(['kind'])
    }
  })

  test.each(['nonce', 'at_hash', 'c_hash', 's_hash'])(
    'not with the claim %s of ID tokens, when the typ does not tell (AT-14)',
    async (name) => {
      const { client, faults } = createClient(as, { types: ['at+jwt', 'JWT'], acceptUntyped: true })
      for (const typ of ['JWT', undefined]) {
        expect(await client.introspect(await issue(key, { ...GOOD, [name]: 'x' }, { typ }))).toEqual({ active: false })
      }
      expect(faults()).toEqual(['kind'])
      expect(await client.introspect(await issue(key, { ...GOOD, [name]: 'x' }))).toMatchObject({ active: true })
    },
  )

  test('an ID token, refresh token or logout token is refused by guards when its claims name its kind (AT-14)', async () => {
    const { client } = createClient(as, { types: ['JWT'] })
    for (const claims of [{ typ: 'ID' }, { typ: 'Refresh' }, { token_use: 'id' }, { typ: 'Offline' }]) {
      const token = await issue(key, { ...GOOD, ...claims }, { typ: 'JWT' })
      const request = present(token)
      expect(await client.guard({ audience: AUDIENCE })(request)).toMatchObject({ reason: 'token_kind', status: 401 })
    }
  })

  test("sub and client_id tell a client's token from a user's, and stay as they were signed (AT-15)", async () => {
    const { client } = createClient(as)
    const ofClient = await issue(key, { ...GOOD, sub: 'web', client_id: 'web' })
    expect(await client.introspect(ofClient)).toMatchObject({ sub: 'web', client_id: 'web' })
    const ofUser = await issue(key, { ...GOOD, sub: 'web', client_id: 'evil' })
    expect(await client.introspect(ofUser)).toMatchObject({ sub: 'web', client_id: 'evil' })
  })
})

describe('missing claims of servers must be allowed by name', () => {
  test.each(['aud', 'sub', 'client_id', 'iat', 'jti'])('%s (AT-06)', async (name) => {
    const requiredClaims = ['aud', 'sub', 'client_id', 'iat', 'jti'].filter((each) => each !== name)
    expect(await createClient(as, { requiredClaims }).client.introspect(await issue(key, without(name)))).toMatchObject(
      {
        active: true,
      },
    )
  })

  test('iss and exp are always required (AT-02, AT-05)', async () => {
    const { client } = createClient(as, { requiredClaims: [] })
    expect(await client.introspect(await issue(key, without('exp')))).toEqual({ active: false })
    expect(await client.introspect(await issue(key, without('iss')))).toEqual({ active: false })
  })

  test('a claim of the application may be required (AT-06)', async () => {
    const { client } = createClient(as, { requiredClaims: ['tenant', 'constructor'] })
    expect(await client.introspect(await issue(key, { ...GOOD, tenant: 'acme' }))).toEqual({ active: false })
    const { client: plain } = createClient(as, { requiredClaims: ['tenant'] })
    expect(await plain.introspect(good)).toEqual({ active: false })
    expect(await plain.introspect(await issue(key, { ...GOOD, tenant: 'acme' }))).toMatchObject({ tenant: 'acme' })
  })

  test('a claim is read from another name, unless the token has the standard name (AT-06)', async () => {
    const { client } = createClient(as, { aliases: { client_id: 'azp', scope: 'scp' } })
    const token = await issue(key, { ...without('client_id', 'scope'), azp: 'web', scp: 'a b' })
    expect(await client.introspect(token)).toMatchObject({ client_id: 'web', scope: 'a b' })
    const both = await issue(key, { ...GOOD, azp: 'evil', scp: 'admin' })
    expect(await client.introspect(both)).toMatchObject({ client_id: 'web', scope: GOOD.scope, azp: 'evil' })
  })

  test('a claim with another meaning is moved to another name', async () => {
    const token = await issue(key, { ...GOOD, permissions: ['read:orders'] })
    expect(await createClient(as).client.introspect(token)).toMatchObject({ unreadableMembers: ['permissions'] })
    const { client } = createClient(as, { renames: { permissions: 'rbac' } })
    const result = await client.introspect(token)
    expect(result).toMatchObject({ active: true, rbac: ['read:orders'] })
    expect(result).not.toHaveProperty('permissions')
  })

  test('the audience may come from another claim, only when aud is absent (AT-03)', async () => {
    const options = { requiredClaims: ['sub'], audienceFrom: 'client_id' }
    const { client } = createClient(as, options)
    expect(await client.introspect(await issue(key, without('aud')))).toMatchObject({ aud: 'web' })
    expect(await client.introspect(good)).toMatchObject({ aud: AUDIENCE })
  })

  test('response.tolerate also applies to JWTs of the same server', async () => {
    const { client } = createClient(as, {}, { response: { tolerate: { scopeAsArray: true } } })
    expect(await client.introspect(await issue(key, { ...GOOD, scope: ['a', 'b'] }))).toMatchObject({ scope: 'a b' })
  })
})

function present(token: string): Request {
  return new Request(AUDIENCE, { headers: { authorization: `Bearer ${token}` } })
}

/** Sets a spare bit in the last character of the signature. */
function withSpareBits(token: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
  return token.slice(0, -1) + (alphabet[alphabet.indexOf(token.at(-1) as string) + 1] as string)
}

function mutate(token: string, at: number, how: string, char: string): string {
  const before = token.slice(0, at)
  const after = token.slice(at + 1)
  switch (how) {
    case 'replace':
      return before + char + after
    case 'insert':
      return before + char + token.slice(at)
    case 'remove':
      return before + after
    case 'cut':
      return before
    default:
      return before + (after[0] ?? '') + (token[at] as string) + after.slice(1)
  }
}
