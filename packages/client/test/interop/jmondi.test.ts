/**
 * @jmondi/oauth2-server: its JWT access tokens, its refresh tokens, and the ways in which its endpoint differs from
 * others.
 */
import {
  type ClientAuthentication,
  clientSecretBasic,
  clientSecretPost,
  dangerouslyNoClientAuthentication,
  type GuardDecision,
  IntrospectionClient,
  type IntrospectionClientOptions,
} from '@token-introspection/client'
import { SignJWT, UnsecuredJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ISSUER, type JmondiOptions, type RunningJmondi, startJmondi, WEB } from './jmondi-server.ts'

const audience = 'https://orders.example.com'
const scope = 'orders:read'
const inactive = { active: false }
const callers = {
  'orders-api': 'orders-s3cr3t',
  'other-api': 'other-s3cr3t',
  'plus-api': 's+/=% &ecret',
  'colon-api': 's3:cr3t',
}
const unauthorized = { code: 'ERR_TRANSPORT_UNAUTHORIZED', oauthError: 'invalid_client' }

let as: RunningJmondi
let client: IntrospectionClient

beforeAll(async () => {
  as = await startJmondi({ callers })
  client = createClient(as)
})

afterAll(async () => {
  await client.close()
  await as[Symbol.asyncDispose]()
})

function createClient(
  { endpoint }: RunningJmondi,
  clientAuthentication: ClientAuthentication = clientSecretBasic('orders-api', callers['orders-api']),
  options: Partial<IntrospectionClientOptions> = {},
): IntrospectionClient {
  return new IntrospectionClient({
    issuer: ISSUER,
    endpoint,
    clientAuthentication,
    transport: { allowHttpOnLoopback: true },
    ...options,
  })
}

function decide(asker: IntrospectionClient, token: string): Promise<GuardDecision> {
  const request = new Request(audience, { headers: { authorization: `Bearer ${token}` } })
  return asker.guard({ audience, scope })(request)
}

/** Starts another server and a client of it. Both end with the test. */
async function startOther(options: JmondiOptions) {
  const server = await startJmondi({ callers, ...options })
  const asker = createClient(server)
  return {
    server,
    asker,
    async [Symbol.asyncDispose]() {
      await asker.close()
      await server[Symbol.asyncDispose]()
    },
  }
}

describe('an access token', () => {
  test('from a code is active, with the user, the audience and the scope', async () => {
    const { access_token: token } = await as.exchangeCode({ audience })
    expect(await client.introspect(token)).toMatchObject({
      active: true,
      iss: ISSUER,
      sub: 'alice',
      client_id: WEB.id,
      aud: audience,
      scope,
      token_type: 'access_token',
    })
    expect(await decide(client, token)).toMatchObject({ allowed: true, token: { sub: 'alice' } })
  })

  test('from client credentials is active and has no subject', async () => {
    const { access_token: token } = await as.post('/token', { grant_type: 'client_credentials', scope, audience })
    const result = await client.introspect(token)
    expect(result).toMatchObject({ active: true, client_id: WEB.id, aud: audience })
    expect(result).not.toHaveProperty('sub')
    expect((await decide(client, token)).allowed).toBe(true)
  })

  test('from a refresh token is active, and the token before it is inactive', async () => {
    const before = await as.exchangeCode({ audience })
    const form = { grant_type: 'refresh_token', refresh_token: before.refresh_token, audience }
    const after = await as.post('/token', form)
    expect((await decide(client, after.access_token)).allowed).toBe(true)
    expect(await client.introspect(before.access_token)).toEqual(inactive)
  })

  test('has exactly the audiences that its client asked for, and none without them', async () => {
    const { access_token: token } = await as.exchangeCode()
    expect(await client.introspect(token)).not.toHaveProperty('aud')
    expect(await decide(client, token)).toMatchObject({ reason: 'audience', status: 401 })
    const { access_token: foreign } = await as.exchangeCode({ audience: 'https://other.example.com' })
    expect(await decide(client, foreign)).toMatchObject({ reason: 'audience', status: 401 })
  })

  test('with too little scope is refused', async () => {
    const form = { grant_type: 'client_credentials', scope: 'orders:write', audience }
    const { access_token: token } = await as.post('/token', form)
    expect(await decide(client, token)).toMatchObject({ reason: 'scope', status: 403 })
  })

  test('is inactive once its client has revoked it', async () => {
    const { access_token: token } = await as.exchangeCode({ audience })
    expect((await decide(client, token)).allowed).toBe(true)
    await postRevocation({ token })
    expect(await decide(client, token)).toMatchObject({ reason: 'token_inactive', status: 401 })
  })

  test('is inactive once its refresh token is revoked', async () => {
    const { access_token: token, refresh_token: refreshToken } = await as.exchangeCode({ audience })
    await postRevocation({ token: refreshToken, token_type_hint: 'refresh_token' })
    expect(await client.introspect(token)).toEqual(inactive)
  })

  test('is inactive once the repository says that it has expired, whatever the JWT says', async () => {
    const { access_token: token } = await as.exchangeCode({ audience })
    Object.assign(as.tokens.at(-1) ?? {}, { accessTokenExpiresAt: new Date(Date.now() - 1000) })
    expect(await client.introspect(token)).toEqual(inactive)
  })

  test("is inactive once the JWT has expired by this client's clock, whatever the repository says", async () => {
    const { access_token: token } = await as.exchangeCode({ audience })
    const clock = { now: () => Date.now() + 606_000 }
    await using later = createClient(as, undefined, clock)
    expect(await later.introspect(token)).toEqual(inactive)
  })

  test('is inactive when it is forged, signed with another key, or unsigned', async () => {
    const { access_token: token } = await as.exchangeCode({ audience })
    const jti = as.tokens.at(-1)?.accessToken ?? ''
    const claims = { iss: ISSUER, aud: audience, jti, scope: `${scope} orders:write`, sub: 'admin' }
    const forged = new SignJWT(claims).setProtectedHeader({ alg: 'HS256' }).setExpirationTime('1h')
    for (const each of [
      'no-such-token',
      await forged.sign(new TextEncoder().encode('a key that this server does not have')),
      new UnsecuredJWT(claims).setExpirationTime('1h').encode(),
      `${token.slice(0, -4)}AAAA`,
    ]) {
      expect(await client.introspect(each)).toEqual(inactive)
      expect(await decide(client, each)).toMatchObject({ reason: 'token_inactive', status: 401 })
    }
  })
})

/** Its revocation endpoint answers 200 and an empty object in every case. */
async function postRevocation(form: Record<string, string>) {
  expect(await as.post('/token/revoke', form)).toEqual({})
}

describe('a token of another kind', () => {
  test('such as a refresh token is inactive, because the server finds one only with its hint', async () => {
    const { refresh_token: token } = await as.exchangeCode({ audience })
    expect(await client.introspect(token)).toEqual(inactive)
    expect(await client.introspect(token, { tokenTypeHint: 'access_token' })).toEqual(inactive)
    expect(await decide(client, token)).toMatchObject({ reason: 'token_inactive', status: 401 })
  })

  test('such as a refresh token is active with the hint, names its kind, and has neither exp nor iss', async () => {
    const { refresh_token: token } = await as.exchangeCode({ audience })
    const result = await client.introspect(token, { tokenTypeHint: 'refresh_token' })
    expect(result).toMatchObject({ active: true, token_type: 'refresh_token', client_id: WEB.id, user_id: 'alice' })
    for (const member of ['exp', 'iss', 'sub', 'aud']) expect(result).not.toHaveProperty(member)
  })

  test('such as an opaque refresh token is inactive, even with the hint', async () => {
    await using other = await startOther({ useOpaqueRefreshTokens: true })
    const { access_token: accessToken, refresh_token: token } = await other.server.exchangeCode({ audience })
    expect((await decide(other.asker, accessToken)).allowed).toBe(true)
    expect(await other.asker.introspect(token, { tokenTypeHint: 'refresh_token' })).toEqual(inactive)
  })

  test.each([false, true])('such as an authorization code is inactive (opaque: %s)', async (opaque) => {
    await using other = await startOther({ useOpaqueAuthorizationCodes: opaque })
    const code = await other.server.authorize()
    expect(code.split('.')).toHaveLength(opaque ? 1 : 3)
    expect(await other.asker.introspect(code)).toEqual(inactive)
  })
})

describe('client authentication', () => {
  test.each([
    ['client_secret_basic', clientSecretBasic('orders-api', callers['orders-api'])],
    ['client_secret_post', clientSecretPost('orders-api', callers['orders-api'])],
    [
      'client_secret_basic of another client, because any client may introspect',
      clientSecretBasic('other-api', 'other-s3cr3t'),
    ],
    ['client_secret_basic of the client that got the token', clientSecretBasic(WEB.id, WEB.secret)],
    ['client_secret_post with special characters in the secret', clientSecretPost('colon-api', callers['colon-api'])],
    [
      'client_secret_basic with special characters unencoded, because the server does not decode',
      clientSecretBasic('plus-api', callers['plus-api'], { encoding: 'raw' }),
    ],
  ])('by %s is accepted', async (_, clientAuthentication) => {
    await using asker = createClient(as, clientAuthentication)
    const { access_token: token } = await as.exchangeCode({ audience })
    expect(await decide(asker, token)).toMatchObject({ allowed: true })
  })

  test.each([
    ['a wrong secret', clientSecretBasic('orders-api', 'wrong')],
    ['a wrong secret in the form', clientSecretPost('orders-api', 'wrong')],
    ['a secret encoded as RFC 6749 requires', clientSecretBasic('plus-api', callers['plus-api'])],
    ['an encoded colon in the secret', clientSecretBasic('colon-api', callers['colon-api'])],
    [
      'a colon in the secret, at which the server cuts the secret',
      clientSecretBasic('colon-api', callers['colon-api'], { encoding: 'raw' }),
    ],
  ])(
    'with %s is refused (ERR_TRANSPORT_UNAUTHORIZED), and not reported as a bad token',
    async (_, clientAuthentication) => {
      await using asker = createClient(as, clientAuthentication)
      const { access_token: token } = await as.exchangeCode({ audience })
      await expect(asker.introspect(token)).rejects.toMatchObject(unauthorized)
      expect(await decide(asker, token)).toMatchObject({ reason: 'unavailable', status: 500 })
    },
  )

  test('of a client that may not use client credentials is refused (ERR_TRANSPORT_UNAUTHORIZED)', async () => {
    await using other = await startOther({ allowedGrants: ['authorization_code'] })
    const { access_token: token } = await other.server.exchangeCode({ audience })
    await expect(other.asker.introspect(token)).rejects.toMatchObject(unauthorized)
  })

  test('of a client for which its repository throws is an outage (ERR_TRANSPORT_STATUS 500)', async () => {
    await using asker = createClient(as, clientSecretBasic('no-api', 'wrong'))
    const { access_token: token } = await as.exchangeCode({ audience })
    await expect(asker.introspect(token)).rejects.toMatchObject({ code: 'ERR_TRANSPORT_STATUS', status: 500 })
    expect(await decide(asker, token)).toMatchObject({ reason: 'unavailable', status: 503 })
  })

  test('that is missing is a broken request (ERR_TRANSPORT_STATUS 400)', async () => {
    await using asker = createClient(as, dangerouslyNoClientAuthentication())
    const { access_token: token } = await as.exchangeCode({ audience })
    await expect(asker.introspect(token)).rejects.toMatchObject({
      code: 'ERR_TRANSPORT_STATUS',
      status: 400,
      oauthError: 'invalid_request',
    })
  })

  test('that is missing or wrong is accepted when authenticateIntrospect is off', async () => {
    await using other = await startOther({ authenticateIntrospect: false })
    const { access_token: token } = await other.server.exchangeCode({ audience })
    await using nobody = createClient(other.server, dangerouslyNoClientAuthentication())
    expect((await decide(nobody, token)).allowed).toBe(true)
    await using wrong = createClient(other.server, clientSecretBasic('orders-api', 'wrong'))
    expect((await decide(wrong, token)).allowed).toBe(true)
  })
})

describe('its peculiarities', () => {
  test('the vanilla adapter sends no JSON media type, so its answer is malformed (ERR_RESPONSE_MALFORMED)', async () => {
    await using other = await startOther({ adapter: 'vanilla' })
    const { access_token: token } = await other.server.exchangeCode({ audience })
    await expect(other.asker.introspect(token)).rejects.toMatchObject({ code: 'ERR_RESPONSE_MALFORMED' })
    expect(await decide(other.asker, token)).toMatchObject({ reason: 'unavailable', status: 502 })
  })

  test('the errors of the vanilla adapter are JSON, and the client tells them apart', async () => {
    await using other = await startOther({ adapter: 'vanilla' })
    await using wrong = createClient(other.server, clientSecretPost('orders-api', 'wrong'))
    await expect(wrong.introspect('abc')).rejects.toMatchObject(unauthorized)
  })

  test('an unknown hint gives 400 unsupported_token_type and makes a live token inactive: send no hint', async () => {
    const { access_token: token } = await as.exchangeCode({ audience })
    expect(await client.introspect(token, { tokenTypeHint: 'pct' })).toEqual(inactive)
    expect(await client.introspect(token)).toMatchObject({ active: true })
  })

  test('a repository that cannot find access tokens is an outage (ERR_TRANSPORT_STATUS 500)', async () => {
    await using other = await startOther({ findsAccessTokens: false })
    const { access_token: token } = await other.server.exchangeCode({ audience })
    await expect(other.asker.introspect(token)).rejects.toMatchObject({
      code: 'ERR_TRANSPORT_STATUS',
      status: 500,
      oauthError: 'server_error',
    })
    expect(await decide(other.asker, token)).toMatchObject({ reason: 'unavailable', status: 503 })
  })

  test('a number as user identifier is malformed (ERR_RESPONSE_MALFORMED), because sub is a string', async () => {
    await using other = await startOther({ user: { id: 7 } })
    const { access_token: token } = await other.server.exchangeCode({ audience })
    await expect(other.asker.introspect(token)).rejects.toMatchObject({ code: 'ERR_RESPONSE_MALFORMED' })
  })

  test('scope tokens with another delimiter are one scope token, which the guard does not accept', async () => {
    await using other = await startOther({ scopeDelimiter: ',' })
    const form = { grant_type: 'client_credentials', scope: 'orders:read,orders:write', audience }
    const { access_token: token } = await other.server.post('/token', form)
    expect(await other.asker.introspect(token)).toMatchObject({ active: true, scope: 'orders:read,orders:write' })
    expect(await decide(other.asker, token)).toMatchObject({ reason: 'scope', status: 403 })
  })

  test('without its option issuer there is no iss, and the client accepts the answer', async () => {
    await using other = await startOther({ issuer: null })
    const { access_token: token } = await other.server.exchangeCode({ audience })
    expect(await other.asker.introspect(token)).not.toHaveProperty('iss')
    expect((await decide(other.asker, token)).allowed).toBe(true)
  })

  test("an answer with another issuer than the client's is refused (ERR_RESPONSE_UNTRUSTED)", async () => {
    await using other = await startOther({ issuer: 'https://evil.example.com' })
    const { access_token: token } = await other.server.exchangeCode({ audience })
    await expect(other.asker.introspect(token)).rejects.toMatchObject({ code: 'ERR_RESPONSE_UNTRUSTED' })
  })

  test('it has no metadata, so a client with only the issuer fails (ERR_TRANSPORT_STATUS 404)', async () => {
    await using asker = new IntrospectionClient({
      issuer: as.origin,
      clientAuthentication: clientSecretBasic('orders-api', callers['orders-api']),
      transport: { allowHttpOnLoopback: true },
    })
    await expect(asker.introspect('abc')).rejects.toMatchObject({ code: 'ERR_TRANSPORT_STATUS', status: 404 })
  })
})
