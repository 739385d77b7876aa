/** RFC 7662 §2.1, §2.3 and RFC 6750 §3: callers that authenticate with an access token of their own. */
import type { Confirmation } from '@token-introspection/core'
import { describe, expect, test } from 'vitest'
import type {
  AccessTokenOptions,
  CallerAccessToken,
  ClientAuthenticationMethod,
  ClientAuthenticationTokenError,
  Complaint,
  RefusedEvent,
} from '../../src/index.ts'
import { certificateFromSocket } from '../../src/index.ts'
import { ask, type Around, readCertificate } from '../asking.ts'
import { createEndpoint, ISSUER, json, NOW, RECORD, token } from '../endpoint.ts'

const TOKEN = 'caller-token-Zk3wQ9'
const GOOD = { client_id: 'orders-api', scope: 'profile introspection', aud: ISSUER, exp: NOW + 60 }
const BASIC = 'Basic realm="token introspection", charset="UTF-8"'
const orders = readCertificate('orders')

async function setUp(
  record: CallerAccessToken | null,
  options: Partial<AccessTokenOptions> = {},
  methods: readonly ClientAuthenticationMethod[] = ['client_secret_basic', 'Bearer'],
) {
  return await createEndpoint({
    clientAuthentication: {
      methods,
      clientCertificate: certificateFromSocket(),
      accessToken: { find: (presented) => (presented === TOKEN ? record : null), ...options },
      protectedResources: [
        { id: 'orders-api', audiences: [RECORD.aud], methods: ['Bearer'] },
        { id: 'secret-api', clientSecrets: ['s'], methods: ['client_secret_basic'] },
      ],
    },
  })
}

async function answerTo(
  record: CallerAccessToken | null,
  around: Around = {},
  options: Partial<AccessTokenOptions> = {},
) {
  const { handler } = await setUp(record, options)
  return await ask(handler, {}, { headers: { authorization: `Bearer ${TOKEN}` }, ...around })
}

/** Encodes a part of a JWT. */
function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}

describe('an access token of the caller', () => {
  test('cannot introspect itself, whatever its signature looks like', async () => {
    const signed = `${encode({ alg: 'ES256', typ: 'at+jwt' })}.${encode({ sub: 'orders-api' })}`
    const own = `${signed}.AAAA`
    const { handler } = await setUp(GOOD, { find: () => GOOD })
    const asking = async (asked: string): Promise<number> =>
      (await ask(handler, { token: asked }, { headers: { authorization: `Bearer ${own}` } })).status
    // The same JWT with another signature, with spare bits set, with padding, and without a signature.
    for (const spelling of [own, `${signed}.AAAB`, `${signed}.AAB`, `${signed}.AA==`, `${signed}.`]) {
      expect([spelling, await asking(spelling)]).toEqual([spelling, 401])
    }
    expect(await asking(`${encode({ alg: 'ES256', typ: 'at+jwt' })}.${encode({ sub: 'alice' })}.AAAA`)).toBe(200)
  })

  test.each<[string, CallerAccessToken]>([
    ['issued to the caller', GOOD],
    ['that names the caller as the subject', { ...GOOD, sub: 'orders-api' }],
    ['for several audiences', { ...GOOD, aud: ['https://other.example.com', ISSUER] }],
    ['as a store returns it', { ...GOOD, kind: 'access_token' }],
  ])('%s authenticates the caller (REQ-17)', async (_, record) => {
    const response = await answerTo(record)
    expect([response.status, json(response)['active']]).toEqual([200, true])
  })

  test.each<[string, CallerAccessToken | null]>([
    ['an unknown token', null],
    ['an expired token', { ...GOOD, exp: NOW }],
    ['a token that is not valid yet', { ...GOOD, nbf: NOW + 1 }],
    ['a revoked token', { ...GOOD, revoked: true }],
    ['a refresh token', { ...GOOD, kind: 'refresh_token' }],
    ['a token that says it is a refresh token', { ...GOOD, token_use: 'refresh_token' } as CallerAccessToken],
    ['a token that says it is an ID token', { ...GOOD, typ: 'ID' } as CallerAccessToken],
    ['a token of an unknown type', { ...GOOD, token_type: 'mac' } as CallerAccessToken],
    ['a token for another audience', { ...GOOD, aud: 'https://orders.example.com' }],
    ['a token without audience', { ...GOOD, aud: undefined }],
    ['a token without a client', { ...GOOD, client_id: undefined, sub: 'orders-api' }],
    ['a token of a client that is not registered', { ...GOOD, client_id: 'web' }],
    ['a token of a caller that is registered for another method', { ...GOOD, client_id: 'secret-api' }],
    ['a token bound to a key', { ...GOOD, cnf: { jkt: '0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I' } }],
    ['a token bound in an unknown way (CERT-07)', { ...GOOD, cnf: { kid: '1' } }],
    ['a token whose cnf is empty (CERT-07)', { ...GOOD, cnf: {} }],
    ['a token whose cnf is not an object (CERT-07)', { ...GOOD, cnf: 'jkt' as unknown as Confirmation }],
    ['a token bound to a key that is null (CERT-07)', { ...GOOD, cnf: { jkt: null } as unknown as Confirmation }],
  ])('does not authenticate by %s (ERR-07)', async (_, record) => {
    const response = await answerTo(record)
    expect([response.status, json(response)]).toEqual([401, { error: 'invalid_token' }])
    expect(response.headers['www-authenticate']).toBe(
      `Bearer realm="token introspection", error="invalid_token", ${BASIC}`,
    )
  })

  test('of a user does not authenticate (JWT-04)', async () => {
    expect((await answerTo({ ...GOOD, sub: 'alice' })).status).toBe(401)
  })

  test('does not authorize its own introspection (REQ-18)', async () => {
    const { handler } = await setUp(GOOD)
    const headers = { authorization: `Bearer ${TOKEN}` }
    expect((await ask(handler, { token: TOKEN }, { headers })).status).toBe(401)
    expect((await ask(handler, { token: token('active') }, { headers })).status).toBe(200)
  })

  test.each([undefined, '', 'profile', 'introspection:read', 'INTROSPECTION'])(
    'with scope %j gets 401 insufficient_scope (REQ-16) (ERR-07) (JWT-07)',
    async (scope) => {
      const response = await answerTo({ ...GOOD, scope })
      expect([response.status, json(response)]).toEqual([401, { error: 'insufficient_scope' }])
      expect(response.headers['www-authenticate']).toBe(
        `Bearer realm="token introspection", error="insufficient_scope", scope="introspection", ${BASIC}`,
      )
    },
  )

  test('without the scope gets 403 when insufficientScopeStatus says so', async () => {
    const response = await answerTo({ ...GOOD, scope: 'a' }, {}, { scope: 'a b', insufficientScopeStatus: 403 })
    expect(response.status).toBe(403)
    expect(response.headers['www-authenticate']).toMatch(/^Bearer .*error="insufficient_scope", scope="a b"/)
  })

  test('beside another client_id does not authenticate', async () => {
    const { handler } = await setUp(GOOD)
    const headers = { authorization: `Bearer ${TOKEN}` }
    expect((await ask(handler, { client_id: 'secret-api' }, { headers })).status).toBe(401)
    expect((await ask(handler, { client_id: 'orders-api' }, { headers })).status).toBe(200)
  })

  test('bound to a certificate authenticates only on a connection with that certificate', async () => {
    const { createHash } = await import('node:crypto')
    const record = { ...GOOD, cnf: { 'x5t#S256': createHash('sha256').update(orders.der).digest('base64url') } }
    const headers = { authorization: `Bearer ${TOKEN}` }
    const withDer = (der: Uint8Array): Around => ({ headers, certificate: { der, chainValidated: false } })
    expect((await answerTo(record, withDer(orders.der))).status).toBe(200)
    expect((await answerTo(record, withDer(readCertificate('stranger').der))).status).toBe(401)
    expect((await answerTo(record, { headers })).status).toBe(401)
    // The endpoint ignores unknown members of cnf, and still requires the certificate (CERT-07).
    const more = { ...record, cnf: { ...record.cnf, kid: '1', 'urn:example': 1 } }
    expect((await answerTo(more, withDer(orders.der))).status).toBe(200)
    expect((await answerTo(more, withDer(readCertificate('stranger').der))).status).toBe(401)
  })

  test('that cannot be looked up gets 503', async () => {
    const down = { find: () => Promise.reject(new Error('down')) }
    expect((await answerTo(GOOD, {}, down)).status).toBe(503)
  })

  test('is refused by an endpoint without the method, whose challenge does not change (ERR-02)', async () => {
    const { handler } = await setUp(GOOD, {}, ['client_secret_basic'])
    const response = await ask(handler, {}, { headers: { authorization: `Bearer ${TOKEN}` } })
    expect([response.status, json(response)['error'], response.headers['www-authenticate']]).toEqual([
      401,
      'invalid_client',
      BASIC,
    ])
  })

  test('has its challenge in every 401 of an endpoint with the method (ERR-03)', async () => {
    const { handler } = await setUp(GOOD)
    expect((await ask(handler)).headers['www-authenticate']).toBe(`${BASIC}, Bearer realm="token introspection"`)
  })

  test.each(['Bearer', 'DPoP'] as const)('%s needs a way to find tokens', async (method) => {
    await expect(createEndpoint({ clientAuthentication: { methods: [method] } })).rejects.toThrow(
      `clientAuthentication.methods: ${method} needs clientAuthentication.accessToken`,
    )
  })
})

describe('the event about a refused access token', () => {
  test.each<[string, CallerAccessToken | null, Partial<Complaint>]>([
    ['an unknown token', null, { rule: 'token', got: 'a token that accessToken.find does not know' }],
    ['a revoked token', { ...GOOD, revoked: true }, { rule: 'revoked' }],
    ['another kind', { ...GOOD, kind: 'refresh_token' }, { rule: 'kind', expected: '"access_token"' }],
    [
      'an expired token',
      { ...GOOD, exp: NOW - 1 },
      { rule: 'exp', got: `${NOW - 1}, which is past`, expected: `later than ${NOW}` },
    ],
    [
      'a token that is not valid yet',
      { ...GOOD, nbf: NOW + 9 },
      { rule: 'nbf', got: `${NOW + 9}, which is in the future` },
    ],
    [
      'another audience',
      { ...GOOD, aud: 'urn:x' },
      { rule: 'aud', got: '"urn:x"', expected: `"${ISSUER}" among others, or alone` },
    ],
    [
      'a token of a user',
      { ...GOOD, sub: 'alice' },
      { rule: 'sub', got: 'a sub that differs from client_id "orders-api"' },
    ],
    ['no client', { ...GOOD, client_id: undefined }, { rule: 'sub', got: 'no client_id' }],
    ['a client that is not registered', { ...GOOD, client_id: 'web' }, { rule: 'client_id', got: '"web"' }],
    [
      'another method',
      { ...GOOD, client_id: 'secret-api' },
      {
        rule: 'methods',
        got: 'Bearer from "secret-api"',
        expected: 'a method it is registered for: client_secret_basic',
      },
    ],
    [
      'an unknown confirmation',
      { ...GOOD, cnf: { kid: '1' } },
      { rule: 'cnf', got: 'the members ["kid"], none of which this library can check' },
    ],
    [
      'the scheme',
      { ...GOOD, cnf: { jkt: '0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I' } },
      { rule: 'scheme', got: 'the scheme Bearer' },
    ],
    [
      'no certificate',
      { ...GOOD, cnf: { 'x5t#S256': '0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I' } },
      { rule: 'x5t#S256', got: 'a connection without client certificate' },
    ],
    ['the scope', { ...GOOD, scope: 'profile' }, { rule: 'scope', got: '"profile"', expected: '"introspection"' }],
  ])('about %s', async (_, record, complaint) => {
    const { handler, events } = await setUp(record)
    const response = await ask(handler, {}, { headers: { authorization: `Bearer ${TOKEN}` } })
    expect([response.status, Object.keys(json(response))]).toEqual([401, ['error']])
    const { error } = events.find(({ type }) => type === 'refused') as RefusedEvent
    expect((error as ClientAuthenticationTokenError).complaint).toMatchObject(complaint)
    expect(error.message).toMatch(/^access token: [\w#]+: got .*, expected .*\. \w/)
    expect(error.message).not.toMatch(/alice|caller-token/)
  })

  test('about another client_id, and a token that introspects itself', async () => {
    for (const [parameters, complaint] of [
      [
        { client_id: 'x' },
        { rule: 'client_id', got: '"x"', expected: '"orders-api", as the token says, or no client_id' },
      ],
      [{ token: TOKEN }, { rule: 'token', got: 'the token that is asked about' }],
    ] as const) {
      const { handler, events } = await setUp(GOOD)
      await ask(handler, parameters, { headers: { authorization: `Bearer ${TOKEN}` } })
      expect(events).toMatchObject([{ error: { complaint } }])
    }
  })
})
