/** JWT access tokens judged by `oauth4webapi` and by this client. Where the two differ, the row says why. */
import * as oauth from 'oauth4webapi'
import { describe, expect, test } from 'vitest'
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
  type TestKey,
} from '../jwt-authorization-server.ts'

const key = await createKey('ES256', 'first')
const other = await createKey('ES256', 'first')
const rsa = await createKey('RS256', 'rsa')
const pss = await createKey('PS512', 'pss')
const edwards = await createKey('Ed25519', 'edwards')

interface Row {
  readonly what: string
  readonly make: () => string | Promise<string>
  readonly good: boolean
  /** The verdict of oauth4webapi when it differs, and the reason. */
  readonly theirs?: { readonly good: boolean; readonly why: string }
  /** The published keys. */
  readonly keys?: (server: IssuingServer) => void
}

function row(what: string, good: boolean, make: Row['make'], more: Partial<Row> = {}): Row {
  return { what, good, make, ...more }
}

const without = (name: string) => Object.fromEntries(Object.entries(GOOD).filter(([each]) => each !== name))
const changed =
  (claims: object, header: object = {}, signer: TestKey = key) =>
  () =>
    issue(signer, { ...GOOD, ...claims }, header)

const rows: readonly Row[] = [
  row('a correct token', true, changed({})),
  row('typ at+JWT', true, changed({}, { typ: 'at+JWT' })),
  row('typ application/at+jwt', true, changed({}, { typ: 'application/at+jwt' })),
  row('RS256', true, changed({}, {}, rsa)),
  row('PS512', true, changed({}, {}, pss)),
  row('Ed25519', true, changed({}, {}, edwards)),
  row('several audiences', true, changed({ aud: ['a', AUDIENCE] })),
  row('extension claims', true, changed({ tenant: 'acme', roles: ['a'] })),
  row('no scope', true, () => issue(key, without('scope'))),
  row('no kid', true, changed({}, { kid: undefined }), {
    keys: (server) => (server.keys = [key.published]),
  }),
  row('typ JWT', false, changed({}, { typ: 'JWT' })),
  row('no typ', false, changed({}, { typ: undefined })),
  row('typ dpop+jwt', false, changed({}, { typ: 'dpop+jwt' })),
  row('alg none', false, () => assemble({ alg: 'none', typ: 'at+jwt' }, GOOD, '')),
  row('HS256', false, () => assemble({ alg: 'HS256', typ: 'at+jwt', kid: 'first' }, GOOD)),
  row('a signature by another key', false, () => issue(other)),
  row('an unknown kid', false, changed({}, { kid: 'x' })),
  row('another issuer', false, changed({ iss: 'https://evil.example' })),
  row('the issuer with a trailing slash', false, changed({ iss: `${ISSUER}/` })),
  row('another audience', false, changed({ aud: 'https://other.example.com' })),
  row('an audience that is a number', false, changed({ aud: 5 })),
  row('expired', false, changed({ exp: NOW - 60 })),
  row('not yet valid', false, changed({ nbf: NOW + 60 })),
  row('crit', false, () => assemble({ alg: 'ES256', typ: 'at+jwt', crit: ['x'], x: 1 }, GOOD)),
  row('text that is not JSON', false, () => issue(key, 'hello')),
  ...['iss', 'exp', 'aud', 'sub', 'iat', 'jti', 'client_id'].map((name) =>
    row(`no ${name}`, false, () => issue(key, without(name))),
  ),
  row('a sub that is a number', false, changed({ sub: 5 })),
  row('an exp that is text', false, changed({ exp: String(NOW + 60) })),
  row('a confirmation by a DPoP key, without a proof', false, changed({ cnf: { jkt: 'x'.repeat(43) } })),
  row(
    'a confirmation by a certificate, without a certificate',
    false,
    changed({ cnf: { 'x5t#S256': 'x'.repeat(43) } }),
  ),

  // This client is stricter.
  row('sub twice', false, () => issue(key, JSON.stringify(GOOD).replace('{', '{"sub":"admin",')), {
    theirs: { good: true, why: 'the last of two equal names counts, as RFC 7519 §4 allows' },
  }),
  row('events', false, changed({ events: {} }), {
    theirs: { good: true, why: 'claims of other profiles are ignored, because typ decides (RFC 8725 §3.12)' },
  }),
  row('b64 without crit', false, changed({}, { b64: false }), {
    theirs: { good: true, why: 'the member counts only when crit names it (RFC 7797 §6), so it is ignored' },
  }),
  row('an exp in milliseconds', false, changed({ exp: (NOW + 60) * 1000 }), {
    theirs: { good: true, why: 'any number is a date, and this one is in the year 57000' },
  }),
  row('a scope that is an array', false, changed({ scope: ['orders:read'] }), {
    theirs: { good: true, why: 'scope is ignored' },
  }),
  row('issued a day from now', false, changed({ iat: NOW + 86_400, exp: NOW + 90_000 }), {
    theirs: { good: true, why: 'iat is not compared with the clock' },
  }),
  row('an empty sub', false, changed({ sub: '' }), {
    theirs: { good: true, why: 'it is enough that the claim is present' },
  }),
  row('spare bits set at the end of the signature', false, async () => spare(await issue(key)), {
    theirs: { good: true, why: 'the runtime decodes base64url and ignores spare bits' },
  }),

  // oauth4webapi is stricter.
  row('two keys with one kid', true, changed({}), {
    keys: (server) => (server.keys = [other.published, key.published]),
    theirs: { good: false, why: 'the second key is not tried, as FAPI 2.0 Security Profile §5.4.3 would require' },
  }),
]

describe('a JWT access token', () => {
  test.each(rows)('with this is judged the same, or differently for a reason: $what (AT-01 … AT-06)', async (each) => {
    const { make, good, theirs, keys } = each
    const server = createServer(key, rsa, pss, edwards)
    keys?.(server)
    const token = await make()
    const request = () => new Request(AUDIENCE, { headers: { authorization: `Bearer ${token}` } })

    const { client } = createClient(server)
    const decision = await client.guard({ audience: AUDIENCE })(request())
    expect(decision.allowed, 'ours').toBe(good)

    const validated = await oauth
      .validateJwtAccessToken({ issuer: ISSUER, jwks_uri: `${ISSUER}/jwks` }, request(), AUDIENCE, {
        [oauth.customFetch]: (url, { method }) => server.fetch(url, { method }),
        [oauth.clockSkew]: NOW - Math.floor(Date.now() / 1000),
        [oauth.clockTolerance]: 5,
      })
      .then(
        () => true,
        () => false,
      )
    expect(validated, 'theirs').toBe(theirs?.good ?? good)
    expect(theirs?.good, 'a reason without a difference').not.toBe(good)
  })
})

function spare(token: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
  return token.slice(0, -1) + (alphabet[alphabet.indexOf(token.at(-1) as string) + 1] as string)
}
