/**
 * Attacks on tokens and their bindings, through every framework. No attack reaches a handler, and none gets the
 * handler's response.
 */
import {
  type ClientPolicyOptions,
  clientSecretBasic,
  type GuardOptions,
  IntrospectionClient,
  type OptionalGuard,
} from '@token-introspection/client'
import { CompactSign } from 'jose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createProver, ORIGIN, TOKEN } from '../dpop-api.ts'
import { assemble, AUDIENCE, createKey, createServer, GOOD, issue, ISSUER, NOW } from '../jwt-authorization-server.ts'
import { frameworks } from './guard-frameworks.ts'
import { PATH, type StartedFramework } from './guard-frameworks/guarded-framework.ts'
import { send } from './send-request.ts'

type Fields = readonly (readonly [string, string])[]

const htu = ORIGIN + PATH
const [prover, other, key, otherKey] = await Promise.all([
  createProver(),
  createProver(),
  createKey('ES256'),
  createKey('ES256'),
])
const thumbprint = 'bwcK0esc3ACC3DB2Y5_lESsXE8o9ltc05O89jdN-dg2'
const bound = { cnf: { jkt: prover.jkt }, token_type: 'DPoP' }
const now = (): number => NOW * 1000

/** A guard for opaque tokens. The authorization server answers with these members. */
function opaque(members: object, guard: GuardOptions = {}, policy: ClientPolicyOptions = {}): OptionalGuard {
  const client = new IntrospectionClient({
    endpoint: `${ISSUER}/introspect`,
    clientAuthentication: clientSecretBasic('api', 'secret'),
    transport: {
      fetch: () => Promise.resolve(Response.json({ active: true, aud: AUDIENCE, scope: 'orders:read', ...members })),
    },
    policy: { dpop: { origin: ORIGIN }, certificate: true, ...policy },
    now,
  })
  return client.guard({ audience: AUDIENCE, ...guard })
}

/** A guard for JWTs that it verifies locally. */
function local(): OptionalGuard {
  const client = new IntrospectionClient({
    issuer: ISSUER,
    jwt: { mode: 'local' },
    transport: { fetch: createServer(key).fetch },
    policy: { dpop: { origin: ORIGIN } },
    now,
  })
  return client.guard({ audience: AUDIENCE })
}

const bearing = (token: string): Fields => [['Authorization', `Bearer ${token}`]]
const proving = (...proofs: readonly string[]): Fields => [
  ['Authorization', `DPoP ${TOKEN}`],
  ...proofs.map((proof) => ['DPoP', proof] as const),
]
const proof = (claims: object = {}, header: object = {}, signer = prover): Promise<string> =>
  prover.prove({ htu, ...claims }, header, signer)
const jwt = (claims: object = {}, header: object = {}): Promise<string> => issue(key, { ...GOOD, ...claims }, header)

/** Signs with the right key, but with a critical extension that no verifier knows. */
function signCritical(): Promise<string> {
  const header = { alg: key.alg, typ: 'at+jwt', kid: key.published.kid as string, crit: ['x'], x: 1 }
  const payload = new TextEncoder().encode(JSON.stringify(GOOD))
  return new CompactSign(payload).setProtectedHeader(header).sign(key.privateKey, { crit: { x: true } })
}

const oct = { kty: 'oct', k: 'c2VjcmV0' }

type Attack = readonly [
  title: string,
  fields: () => Fields | Promise<Fields>,
  guard: () => OptionalGuard,
  status?: number,
]

const ofDpop: readonly Attack[] = [
  ['no proof', () => proving(), () => opaque(bound)],
  ['two proofs', async () => proving(await proof(), await proof()), () => opaque(bound)],
  ['two proofs in one field', async () => proving(`${await proof()}, ${await proof()}`), () => opaque(bound)],
  ['text that is not a proof', () => proving('abc'), () => opaque(bound)],
  ['a proof with five parts', async () => proving(`${await proof()}.a.b`), () => opaque(bound)],
  ['a proof of another type', async () => proving(await proof({}, { typ: 'JWT' })), () => opaque(bound)],
  [
    'an unsigned proof',
    () => proving(assemble({ alg: 'none', typ: 'dpop+jwt', jwk: prover.jwk }, { htu }, '')),
    () => opaque(bound),
  ],
  [
    'a proof signed with a shared secret',
    () => proving(assemble({ alg: 'HS256', typ: 'dpop+jwt', jwk: oct }, { htu })),
    () => opaque(bound),
  ],
  [
    'a proof that contains a private key',
    async () => proving(await proof({}, { jwk: { ...prover.jwk, d: 'AAAA' } })),
    () => opaque(bound),
  ],
  ['a proof signed with another key', async () => proving(await proof({}, {}, other)), () => opaque(bound)],
  ['a proof by the key of another client', async () => proving(await other.prove({ htu })), () => opaque(bound)],
  ['a proof for another method', async () => proving(await proof({ htm: 'POST' })), () => opaque(bound)],
  ['a proof for the method in lower case', async () => proving(await proof({ htm: 'get' })), () => opaque(bound)],
  ['a proof for another path', async () => proving(await proof({ htu: `${ORIGIN}/orders` })), () => opaque(bound)],
  ['a proof for another token', async () => proving(await proof({ ath: 'AAAA' })), () => opaque(bound)],
  ['a proof without ath', async () => proving(await proof({ ath: undefined })), () => opaque(bound)],
  ['a proof without jti', async () => proving(await proof({ jti: undefined })), () => opaque(bound)],
  ['a proof without iat', async () => proving(await proof({ iat: undefined })), () => opaque(bound)],
  ['an old proof', async () => proving(await proof({ iat: NOW - 600 })), () => opaque(bound)],
  ['a proof from the future', async () => proving(await proof({ iat: NOW + 600 })), () => opaque(bound)],
  [
    'a proof for the host in X-Forwarded-Host',
    async () => [
      ...proving(await proof({ htu: `https://evil.example${PATH}` })),
      ['X-Forwarded-Host', 'evil.example'],
      ['X-Forwarded-Proto', 'https'],
      ['Forwarded', 'host=evil.example;proto=https'],
    ],
    () => opaque(bound),
  ],
  [
    'a proof without the required nonce',
    async () => proving(await proof()),
    () => opaque(bound, {}, { dpop: { origin: ORIGIN, nonce: { secret: 'n'.repeat(32) } } }),
  ],
  [
    'an invented nonce',
    async () => proving(await proof({ nonce: 'AAAA' })),
    () => opaque(bound, {}, { dpop: { origin: ORIGIN, nonce: { secret: 'n'.repeat(32) } } }),
  ],
  ['a key-bound token as a bearer token', () => bearing(TOKEN), () => opaque(bound)],
  [
    'a key-bound token as a bearer token, with its proof',
    async () => [...bearing(TOKEN), ['DPoP', await proof()]],
    () => opaque(bound),
  ],
  ['an unbound token with a proof', async () => proving(await proof()), () => opaque({})],
  ['the type DPoP without a key in cnf', async () => proving(await proof()), () => opaque({ token_type: 'DPoP' })],
  ['a bearer token when the guard requires DPoP', () => bearing(TOKEN), () => opaque({}, { senderConstraint: 'dpop' })],
]

const ofBindings: readonly Attack[] = [
  [
    'a certificate-bound token without a certificate',
    () => bearing(TOKEN),
    () => opaque({ cnf: { 'x5t#S256': thumbprint } }),
  ],
  [
    'a certificate in header fields that the guard does not trust',
    () => [
      ...bearing(TOKEN),
      ['Client-Cert', ':AAAA:'],
      ['X-Client-Cert', 'AAAA'],
      ['X-Forwarded-Client-Cert', `Hash=${thumbprint}`],
    ],
    () => opaque({ cnf: { 'x5t#S256': thumbprint } }),
  ],
  [
    'a token bound to a key and a certificate, with a proof for the key only',
    async () => proving(await proof()),
    () => opaque({ cnf: { jkt: prover.jkt, 'x5t#S256': thumbprint } }),
  ],
  ['an unknown binding', () => bearing(TOKEN), () => opaque({ cnf: { 'urn:x': 1 } })],
  ['an empty cnf', () => bearing(TOKEN), () => opaque({ cnf: {} })],
  ['a key given by URL', () => bearing(TOKEN), () => opaque({ cnf: { jku: 'https://evil.example/key' } })],
]

const ofMembers: readonly Attack[] = [
  [
    'authorization_details as text',
    () => bearing(TOKEN),
    () => opaque({ authorization_details: '[{"type":"a"}]' }, { authorizationDetails: { type: 'a' } }),
    403,
  ],
  [
    'authorization_details of another type',
    () => bearing(TOKEN),
    () => opaque({ authorization_details: [{ type: 'A' }] }, { authorizationDetails: { type: 'a' } }),
    403,
  ],
  [
    'a scope that only an inner actor has',
    () => bearing(TOKEN),
    () => opaque({ act: { sub: 'a', act: { sub: 'admin', scope: 'admin' } } }, { scope: 'admin' }),
    403,
  ],
  ['an actor that is text', () => bearing(TOKEN), () => opaque({ act: 'admin' }), 502],
  [
    'an expired permission',
    () => bearing(TOKEN),
    () =>
      opaque(
        { permissions: [{ resource_id: 'a', resource_scopes: [], exp: NOW }] },
        { permission: { resourceId: 'a' } },
      ),
    403,
  ],
  ['no acr when the guard requires one', () => bearing(TOKEN), () => opaque({}, { acrValues: 'mfa' })],
  ['a login without auth_time', () => bearing(TOKEN), () => opaque({}, { maxAuthenticationAgeSeconds: 60 })],
  [
    'a login in the future',
    () => bearing(TOKEN),
    () => opaque({ auth_time: NOW + 600 }, { maxAuthenticationAgeSeconds: 60 }),
  ],
]

const ofJwts: readonly Attack[] = (
  [
    ['an unsigned JWT', () => assemble({ alg: 'none', typ: 'at+jwt' }, GOOD, '')],
    ['a JWT signed with a shared secret', () => assemble({ alg: 'HS256', typ: 'at+jwt' }, GOOD)],
    ['a JWT signed with another key', () => issue(otherKey, GOOD, { kid: key.published.kid })],
    ['a JWT with a key in its header', () => issue(otherKey, GOOD, { jwk: otherKey.published })],
    ['a JWT with a key URL in its header', () => issue(otherKey, GOOD, { jku: 'https://evil.example/keys' })],
    [
      'a JWT with a changed payload',
      async () => (await jwt()).replace(/\.[^.]+\./, `.${assemble('', { ...GOOD, sub: 'admin' }).split('.')[1]}.`),
    ],
    ['an expired JWT', () => jwt({ exp: NOW - 60 })],
    ['a JWT without exp', () => jwt({ exp: undefined })],
    ['a JWT that is not valid yet', () => jwt({ nbf: NOW + 60 })],
    ['a JWT of another issuer', () => jwt({ iss: `${ISSUER}/` })],
    ['a JWT for another audience', () => jwt({ aud: 'https://other.example.com' })],
    ['a JWT without aud', () => jwt({ aud: undefined })],
    ['a JWT without sub', () => jwt({ sub: undefined })],
    ['a JWT without client_id', () => jwt({ client_id: undefined })],
    ['a JWT without jti', () => jwt({ jti: undefined })],
    ['a JWT without iat', () => jwt({ iat: undefined })],
    ...[
      'JWT',
      undefined,
      'dpop+jwt',
      'secevent+jwt',
      'logout+jwt',
      'token-introspection+jwt',
      'client-authentication+jwt',
    ].map((typ) => [`a JWT of the type ${typ}`, () => jwt({}, { typ })] as const),
    ['a security event', () => jwt({ events: {} })],
    ['a JWT with an unknown critical extension', signCritical],
    ['a JWT with a duplicate claim', () => issue(key, JSON.stringify(GOOD).replace('{', '{"sub":"admin",'))],
    ['a JWT with padding', async () => `${await jwt()}=`],
    ['a JWT bound to a key, as a bearer token', () => jwt({ cnf: { jkt: prover.jkt } })],
    ['an opaque token when the guard accepts only JWTs', () => 'abc'],
  ] as const
).map(([title, token]) => [title, async () => bearing(await token()), local] as const)

const attacks = [...ofDpop, ...ofBindings, ...ofMembers, ...ofJwts].map(([title, ...row]) => ({ title, row }))

describe.each(frameworks)('$name', (framework) => {
  let started: StartedFramework
  let decide: OptionalGuard
  let handled = 0

  beforeAll(async () => {
    started = await framework.start(
      (request) => decide(request),
      () => {
        handled += 1
        return 'handled'
      },
    )
  })

  afterAll(() => started.stop())

  async function ask(guard: OptionalGuard, fields: Fields) {
    decide = guard
    handled = 0
    return send(started.server, { fields })
  }

  test.each(attacks)('refuses $title', async ({ row: [present, guard, status = 401] }) => {
    const fields = await present()
    const received = await ask(guard(), fields)
    expect(received.status).toBe(status)
    expect(handled).toBe(0)
    expect(received.fields['www-authenticate'] !== undefined).toBe(status < 500)
    const said = JSON.stringify(received.fields) + received.body
    for (const [, value] of fields) expect(said).not.toContain(value.replace(/^\w+ /, ''))
  })

  test('refuses a proof that was used before', async () => {
    const guard = opaque(bound)
    const fields = proving(await proof())
    expect((await ask(guard, fields)).status).toBe(200)
    expect(handled).toBe(1)
    expect((await ask(guard, fields)).status).toBe(401)
    expect(handled).toBe(0)
  })

  test('accepts the same requests without the attack', async () => {
    expect((await ask(opaque({}), bearing(TOKEN))).status).toBe(200)
    expect((await ask(local(), bearing(await jwt()))).status).toBe(200)
    expect((await ask(opaque({ acr: 'mfa' }, { acrValues: 'mfa' }), bearing(TOKEN))).status).toBe(200)
  })
})
