/** Every kind of token that oidc-provider issues, from its own endpoints where it has one. */
import { createHash, X509Certificate } from 'node:crypto'
import {
  clientSecretBasic,
  type GuardDecision,
  IntrospectionClient,
  type IntrospectionClientOptions,
} from '@token-introspection/client'
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import {
  AUDIENCE,
  authority,
  certificate,
  DETAILS,
  ENCRYPTED_AUDIENCE,
  JWT_AUDIENCE,
  ORDERS,
  type RunningProvider,
  SCOPE,
  startProvider,
  WEB,
} from './oidc-provider-server.ts'
import { proveDpop } from './prove-dpop.ts'

const inactive = { active: false }

let as: RunningProvider
let client: IntrospectionClient

beforeAll(async () => {
  as = await startProvider()
  client = createClient()
})

beforeEach(() => {
  as.extraTokenClaims = {}
})

afterAll(async () => {
  await client.close()
  await as[Symbol.asyncDispose]()
  vi.restoreAllMocks()
})

function createClient(options: Partial<IntrospectionClientOptions> = {}): IntrospectionClient {
  return new IntrospectionClient({
    issuer: as.issuer,
    clientAuthentication: clientSecretBasic(ORDERS.id, ORDERS.secret),
    transport: { tls: { ca: authority } },
    ...options,
  })
}

function decide(token: string, audience: string | false = AUDIENCE): Promise<GuardDecision> {
  const request = new Request(AUDIENCE, { headers: { authorization: `Bearer ${token}` } })
  return client.guard({ audience, scope: SCOPE })(request)
}

/** A token for the client itself. The parameters are those of the token endpoint. */
function issue(parameters: Record<string, string> = {}, headers: object = {}) {
  return as.post(
    '/token',
    { grant_type: 'client_credentials', scope: SCOPE, resource: AUDIENCE, ...parameters },
    headers,
  )
}

describe('an access token', () => {
  test('from a code is active, with the user, the audience and the scope', async () => {
    const { access_token: token } = await as.exchangeCode()
    expect(await client.introspect(token)).toEqual({
      active: true,
      iss: as.issuer,
      sub: 'alice',
      client_id: WEB.id,
      aud: AUDIENCE,
      scope: SCOPE,
      token_type: 'Bearer',
      exp: expect.any(Number) as number,
      iat: expect.any(Number) as number,
    })
    expect(await decide(token)).toMatchObject({ allowed: true, token: { sub: 'alice' } })
  })

  test('from a refresh token has the audience of the original code', async () => {
    const { refresh_token: refreshToken } = await as.exchangeCode()
    const form = { grant_type: 'refresh_token', refresh_token: refreshToken, resource: AUDIENCE }
    const { access_token: token } = await as.post('/token', form)
    expect(await decide(token)).toMatchObject({ allowed: true, token: { sub: 'alice', aud: AUDIENCE } })
  })

  test('for a resource has that resource as audience, and other guards refuse it', async () => {
    const { access_token: token } = await issue()
    expect(await client.introspect(token)).toMatchObject({ active: true, aud: AUDIENCE, scope: SCOPE })
    expect(await decide(token, 'https://other.example.com')).toMatchObject({ reason: 'audience', status: 401 })
  })

  test('for no resource has no audience, and a guard with an audience refuses it', async () => {
    const { access_token: token } = await as.post('/token', { grant_type: 'client_credentials', scope: SCOPE })
    expect(await client.introspect(token)).not.toHaveProperty('aud')
    expect(await decide(token)).toMatchObject({ reason: 'audience', status: 401 })
    expect(await decide(token, false)).toMatchObject({ allowed: true })
  })

  test('that is a JWT is inactive, signed or encrypted, because the server answers 400', async () => {
    const { access_token: signed } = await issue({ resource: JWT_AUDIENCE })
    expect(signed.split('.')).toHaveLength(3)
    expect(await client.introspect(signed)).toEqual(inactive)
    expect(await decide(signed, JWT_AUDIENCE)).toMatchObject({ reason: 'token_inactive', status: 401 })
    const { access_token: encrypted } = await issue({ resource: ENCRYPTED_AUDIENCE })
    expect(encrypted.split('.')).toHaveLength(5)
    expect(await client.introspect(encrypted)).toEqual(inactive)
  })

  test('is inactive once the user has withdrawn the consent', async () => {
    const webClient = await as.provider.Client.find(WEB.id)
    const grant = new as.provider.Grant({ clientId: WEB.id, accountId: 'alice' })
    const grantId = await grant.save()
    const members = { client: webClient, accountId: 'alice', grantId, aud: AUDIENCE, scope: SCOPE }
    const token = await new as.provider.AccessToken({ ...members, gty: 'authorization_code' }).save()
    expect((await decide(token)).allowed).toBe(true)
    await grant.destroy()
    expect(await decide(token)).toMatchObject({ reason: 'token_inactive', status: 401 })
  })

  test('is inactive once it is revoked', async () => {
    const { access_token: token } = await as.exchangeCode()
    expect((await decide(token)).allowed).toBe(true)
    await as.post('/token/revocation', { token })
    expect(await decide(token)).toMatchObject({ reason: 'token_inactive', status: 401 })
  })

  test('is inactive once its refresh token is revoked, which ends the grant', async () => {
    const { access_token: token, refresh_token: refreshToken } = await as.exchangeCode()
    await as.post('/token/revocation', { token: refreshToken })
    expect(await client.introspect(token)).toEqual(inactive)
    expect(await client.introspect(refreshToken)).toEqual(inactive)
  })

  test('is inactive once a refresh token of the same grant is used twice, as after a theft', async () => {
    const first = await as.exchangeCode()
    const form = { grant_type: 'refresh_token', refresh_token: first.refresh_token, resource: AUDIENCE }
    const second = await as.post('/token', form)
    expect((await decide(second.access_token)).allowed).toBe(true)
    await expect(as.post('/token', form)).rejects.toThrow('invalid_grant')
    for (const { access_token, refresh_token } of [first, second]) {
      expect(await client.introspect(access_token)).toEqual(inactive)
      expect(await client.introspect(refresh_token)).toEqual(inactive)
    }
  })
})

describe('a token of another kind', () => {
  test('such as a refresh token is active, and the guard refuses it because it has no audience', async () => {
    const { refresh_token: token } = await as.exchangeCode()
    const result = await client.introspect(token)
    expect(result).toMatchObject({ active: true, sub: 'alice', client_id: WEB.id })
    for (const member of ['token_type', 'aud', 'token_use', 'typ']) expect(result).not.toHaveProperty(member)
    expect(await decide(token)).toMatchObject({ reason: 'audience', status: 401 })
  })

  test.each(['access_token', 'refresh_token', 'no_such_hint'])(
    'does not become an access token by the hint %s',
    async (hint) => {
      const { access_token: accessToken, refresh_token: refreshToken } = await as.exchangeCode()
      for (const token of [accessToken, refreshToken]) {
        expect(await client.introspect(token, { tokenTypeHint: hint })).toEqual(await client.introspect(token))
      }
      expect(await client.introspect(refreshToken, { tokenTypeHint: hint })).not.toHaveProperty('token_type')
    },
  )

  test('such as an authorization code is inactive', async () => {
    expect(await client.introspect(await as.grantCode())).toEqual(inactive)
  })

  test('such as a device code or a user code is inactive', async () => {
    const answer = await as.post<{ device_code: string; user_code: string }>('/device/auth', {
      client_id: WEB.id,
      scope: 'openid',
    })
    expect(await client.introspect(answer.device_code)).toEqual(inactive)
    expect(await client.introspect(answer.user_code)).toEqual(inactive)
  })

  test('such as the URI of a pushed authorization request is inactive', async () => {
    const answer = await as.post<{ request_uri: string }>('/request', {
      client_id: WEB.id,
      response_type: 'code',
      redirect_uri: WEB.redirectUri,
      scope: 'openid',
      code_challenge: 'a'.repeat(43),
      code_challenge_method: 'S256',
    })
    expect(answer.request_uri).toMatch(/^urn:/)
    expect(await client.introspect(answer.request_uri)).toEqual(inactive)
  })

  test('such as an ID token is inactive', async () => {
    const { id_token: token } = await as.exchangeCode()
    expect(token.split('.')).toHaveLength(3)
    expect(await client.introspect(token)).toEqual(inactive)
  })

  test('such as a registration access token or an initial access token is inactive', async () => {
    const initial = await new as.provider.InitialAccessToken({}).save()
    expect(await client.introspect(initial)).toEqual(inactive)
    const registration = await new as.provider.RegistrationAccessToken({ clientId: WEB.id }).save()
    expect(await client.introspect(registration)).toEqual(inactive)
  })
})

describe('a token bound to a key', () => {
  test('by DPoP has the thumbprint, and is refused as a bearer token', async () => {
    const { proof, jkt } = await proveDpop(`${as.issuer}/token`)
    const { access_token: token, token_type: type } = await issue({}, { dpop: proof })
    expect(type).toBe('DPoP')
    const result = await client.introspect(token)
    expect(result).toMatchObject({ active: true, token_type: 'DPoP', cnf: { jkt } })
    expect(result.active && result.cnf?.jkt).toBe(jkt)
    expect(await decide(token)).toMatchObject({ reason: 'confirmation', status: 401 })
  })

  test('by the certificate of the connection has its thumbprint, and is refused as a bearer token', async () => {
    const basic = `Basic ${Buffer.from(`bound:${WEB.secret}`).toString('base64')}`
    const { access_token: token, token_type: type } = await issue({}, { authorization: basic })
    expect(type).toBe('Bearer')
    const thumbprint = thumbprintOf(certificate.cert)
    const result = await client.introspect(token)
    expect(result).toMatchObject({ active: true, token_type: 'Bearer', cnf: { 'x5t#S256': thumbprint } })
    expect(result.active && result.cnf?.['x5t#S256']).toBe(thumbprint)
    expect(await decide(token)).toMatchObject({ reason: 'confirmation', status: 401 })
  })

  test('that is a refresh token has the thumbprint as well, and is refused without an audience', async () => {
    const jkt = (await proveDpop(`${as.issuer}/token`)).jkt
    const grantId = await new as.provider.Grant({ clientId: WEB.id, accountId: 'alice' }).save()
    const members = { client: await as.provider.Client.find(WEB.id), accountId: 'alice', grantId, scope: SCOPE, jkt }
    const token = await new as.provider.RefreshToken({ ...members, gty: 'authorization_code' }).save()
    expect(await client.introspect(token)).toMatchObject({ active: true, cnf: { jkt } })
    expect(await decide(token, false)).toMatchObject({ reason: 'confirmation', status: 401 })
  })

  test('is refused without an audience check as well', async () => {
    const { proof } = await proveDpop(`${as.issuer}/token`)
    const { access_token: token } = await issue({}, { dpop: proof })
    expect(await decide(token, false)).toMatchObject({ reason: 'confirmation', status: 401 })
  })
})

describe('further members', () => {
  test('authorization_details arrive as they were granted', async () => {
    const { access_token: token } = await issue({ authorization_details: JSON.stringify(DETAILS) })
    const result = await client.introspect(token)
    expect(result.active && result.authorization_details).toEqual(DETAILS)
    expect((await decide(token)).allowed).toBe(true)
  })

  test('act names the actor', async () => {
    as.extraTokenClaims = { act: { sub: 'support', act: { sub: 'robot' } } }
    const { access_token: token } = await as.exchangeCode()
    const result = await client.introspect(token)
    expect(result.active && result.act?.sub).toBe('support')
    expect(result.active && result.act?.act?.sub).toBe('robot')
  })

  test('of the application arrive unchanged, and cannot replace registered members', async () => {
    as.extraTokenClaims = { tenant: 'acme', active: false, client_id: 'admin', iss: 'https://evil.example.com' }
    const { access_token: token } = await as.exchangeCode()
    expect(await client.introspect(token)).toMatchObject({
      active: true,
      tenant: 'acme',
      client_id: WEB.id,
      iss: as.issuer,
    })
  })

  test.each([
    ['act', 'support'],
    ['act', { sub: 7 }],
  ])('%s with a type other than the registered one makes the answer malformed', async (name, value) => {
    as.extraTokenClaims = { [name]: value }
    const { access_token: token } = await as.exchangeCode()
    await expect(client.introspect(token)).rejects.toMatchObject({ code: 'ERR_RESPONSE_MALFORMED' })
    expect(await decide(token)).toMatchObject({ reason: 'unavailable', status: 502 })
  })

  test.each([
    ['username', 7],
    ['auth_time', 'yesterday'],
    ['acr', ['a', 'b']],
  ])('%s with a type other than the registered one is left out', async (name, value) => {
    as.extraTokenClaims = { [name]: value }
    const { access_token: token } = await as.exchangeCode()
    const answer = await client.introspect(token)
    expect(answer).toMatchObject({ active: true, unreadableMembers: [name] })
    expect(answer).not.toHaveProperty(name)
    expect(await decide(token)).toMatchObject({ allowed: true })
  })

  test.each([
    ['token_use', 'refresh_token'],
    ['typ', 'ID'],
  ])('with %s as %s make a guard refuse the token by its kind', async (name, value) => {
    as.extraTokenClaims = { [name]: value }
    const { access_token: token } = await as.exchangeCode()
    expect(await decide(token)).toMatchObject({ reason: 'token_kind', status: 401 })
  })
})

test('a client that requires signed answers refuses the JSON of a server that signs none', async () => {
  await using strict = createClient({ response: { jwt: {} } })
  const { access_token: token } = await issue()
  await expect(strict.introspect(token)).rejects.toMatchObject({ code: 'ERR_RESPONSE_UNTRUSTED' })
})

test("a client that does not trust the server's authority sends nothing", async () => {
  await using other = createClient({ transport: {} })
  const { access_token: token } = await issue()
  await expect(other.introspect(token)).rejects.toMatchObject({ code: 'ERR_TRANSPORT_UNREACHABLE' })
})

function thumbprintOf(pem: string): string {
  return createHash('sha256').update(new X509Certificate(pem).raw).digest('base64url')
}
