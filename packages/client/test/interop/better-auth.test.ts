/**
 * better-auth with @better-auth/oauth-provider: JWT and opaque access tokens, and which clients may introspect them.
 */
import { generateKeyPairSync } from 'node:crypto'
import {
  type ClientAuthentication,
  clientSecretBasic,
  clientSecretPost,
  dangerouslyNoClientAuthentication,
  type GuardDecision,
  IntrospectionClient,
  type IntrospectionClientOptions,
  privateKeyJwt,
} from '@token-introspection/client'
import { SignJWT } from 'jose'
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import {
  AUDIENCE,
  OTHER_AUDIENCE,
  type Registered,
  type RunningBetterAuth,
  SCOPE,
  startBetterAuth,
} from './better-auth-server.ts'
import { proveDpop } from './prove-dpop.ts'

const inactive = { active: false }
const stranger = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey
const unauthorized = { code: 'ERR_TRANSPORT_UNAUTHORIZED', oauthError: 'invalid_client' }

/** One server with JWTs for resources, and one without the plugin `jwt`, whose tokens are opaque. */
let as: RunningBetterAuth
let opaque: RunningBetterAuth

beforeAll(async () => {
  as = await startBetterAuth()
  opaque = await startBetterAuth({ jwt: false })
})

beforeEach(() => {
  // It logs the errors for which it answers 500.
  vi.spyOn(console, 'error').mockReturnValue(undefined)
})

afterAll(async () => {
  vi.restoreAllMocks()
  await as[Symbol.asyncDispose]()
  await opaque[Symbol.asyncDispose]()
})

function basic({ id, secret }: Registered): ClientAuthentication {
  return clientSecretBasic(id, secret)
}

function createClient(
  { issuer, orders }: RunningBetterAuth,
  clientAuthentication = basic(orders),
  options: Partial<IntrospectionClientOptions> = {},
): IntrospectionClient {
  return new IntrospectionClient({
    issuer,
    clientAuthentication,
    transport: { allowHttpOnLoopback: true },
    ...options,
  })
}

function decide(
  client: IntrospectionClient,
  token: string,
  audience: string | false = AUDIENCE,
): Promise<GuardDecision> {
  const request = new Request(AUDIENCE, { headers: { authorization: `Bearer ${token}` } })
  return client.guard({ audience, scope: SCOPE })(request)
}

function servers(): readonly (readonly [RunningBetterAuth, number])[] {
  return [
    [as, 3],
    [opaque, 1],
  ]
}

describe('an access token for a resource, JWT or opaque,', () => {
  test('is active, with the user, the audiences and the scope, and passes the guard', async () => {
    for (const [server, parts] of servers()) {
      await using client = createClient(server)
      const { access_token: token } = await server.exchangeCode({ resource: AUDIENCE })
      expect(token.split('.')).toHaveLength(parts)
      expect(await client.introspect(token)).toMatchObject({
        active: true,
        iss: server.issuer,
        sub: server.database.user[0]?.['id'],
        client_id: server.web.id,
        aud: [AUDIENCE, `${server.issuer}/oauth2/userinfo`],
        scope: `openid offline_access ${SCOPE}`,
        token_type: 'Bearer',
      })
      expect((await decide(client, token)).allowed).toBe(true)
    }
  })

  test('from client credentials passes the guard of its resource', async () => {
    for (const [server] of servers()) {
      await using client = createClient(server)
      const form = { grant_type: 'client_credentials', scope: SCOPE, resource: AUDIENCE }
      const { access_token: token } = await server.post('/oauth2/token', form)
      expect(await decide(client, token)).toMatchObject({ allowed: true, token: { aud: AUDIENCE } })
    }
  })

  test('from a refresh token passes the guard of its resource', async () => {
    for (const [server] of servers()) {
      await using client = createClient(server)
      const { refresh_token: refreshToken } = await server.exchangeCode({ resource: AUDIENCE })
      const form = { grant_type: 'refresh_token', refresh_token: refreshToken, resource: AUDIENCE }
      const { access_token: token } = await server.post('/oauth2/token', form)
      expect((await decide(client, token)).allowed).toBe(true)
    }
  })

  test('with too little scope is refused', async () => {
    for (const [server] of servers()) {
      await using client = createClient(server)
      const form = { grant_type: 'client_credentials', scope: 'orders:write', resource: AUDIENCE }
      const { access_token: token } = await server.post('/oauth2/token', form)
      expect(await decide(client, token)).toMatchObject({ reason: 'scope', status: 403 })
    }
  })

  test('is inactive for the resource server of another resource, and active for its own client', async () => {
    for (const [server] of servers()) {
      const { access_token: token } = await server.exchangeCode({ resource: AUDIENCE })
      await using billing = createClient(server, basic(server.billing))
      expect(await billing.introspect(token)).toEqual(inactive)
      await using web = createClient(server, basic(server.web))
      expect(await web.introspect(token)).toMatchObject({ active: true })
      expect(await decide(web, token, OTHER_AUDIENCE)).toMatchObject({ reason: 'audience', status: 401 })
    }
  })

  test('is inactive once it has expired by the clock of the server', async () => {
    onTestFinished(() => void vi.useRealTimers())
    for (const [server] of servers()) {
      const before = Date.now()
      await using client = createClient(server, undefined, { now: () => before })
      const { access_token: token } = await server.exchangeCode({ resource: AUDIENCE })
      vi.useFakeTimers({ toFake: ['Date'], now: before + 3_601_000 })
      const result = await client.introspect(token)
      vi.useRealTimers()
      expect(result).toEqual(inactive)
      expect(await client.introspect(token)).toMatchObject({ active: true })
    }
  })

  test("is inactive once it has expired by this client's clock, whatever the server says", async () => {
    for (const [server] of servers()) {
      await using client = createClient(server, undefined, { now: () => Date.now() + 3_606_000 })
      const { access_token: token } = await server.exchangeCode({ resource: AUDIENCE })
      expect(await client.introspect(token)).toEqual(inactive)
    }
  })

  test('is inactive once its session has ended', async () => {
    for (const jwt of [true, false]) {
      await using server = await startBetterAuth({ jwt })
      await using client = createClient(server)
      const { access_token: token } = await server.exchangeCode({ resource: AUDIENCE })
      expect((await decide(client, token)).allowed).toBe(true)
      await server.signOut()
      expect(await decide(client, token)).toMatchObject({ reason: 'token_inactive', status: 401 })
    }
  })

  test('bound by DPoP has the thumbprint, and a guard refuses it as a bearer token', async () => {
    for (const [server] of servers()) {
      await using client = createClient(server)
      const { proof, jkt } = await proveDpop(`${server.issuer}/oauth2/token`)
      const form = { grant_type: 'client_credentials', scope: SCOPE, resource: AUDIENCE }
      const { access_token: token, token_type: type } = await server.post('/oauth2/token', form, { dpop: proof })
      expect(type).toBe('DPoP')
      const result = await client.introspect(token)
      expect(result).toMatchObject({ active: true, token_type: 'DPoP', cnf: { jkt } })
      expect(result.active && result.cnf?.jkt).toBe(jkt)
      expect(await decide(client, token)).toMatchObject({ reason: 'confirmation', status: 401 })
    }
  })

  test('is found without a hint and with an unknown one, but not with a wrong one: send no hint', async () => {
    for (const [server] of servers()) {
      await using client = createClient(server)
      const { access_token: token } = await server.exchangeCode({ resource: AUDIENCE })
      for (const tokenTypeHint of ['access_token', 'no_such_hint']) {
        expect(await client.introspect(token, { tokenTypeHint })).toMatchObject({ active: true })
      }
      expect(await client.introspect(token, { tokenTypeHint: 'refresh_token' })).toEqual(inactive)
    }
  })
})

describe('revocation', () => {
  test('makes an opaque access token inactive', async () => {
    await using client = createClient(opaque)
    const { access_token: token } = await opaque.exchangeCode({ resource: AUDIENCE })
    expect((await decide(client, token)).allowed).toBe(true)
    await opaque.post('/oauth2/revoke', { token })
    expect(await decide(client, token)).toMatchObject({ reason: 'token_inactive', status: 401 })
  })

  test('of a refresh token makes it and its opaque access token inactive', async () => {
    await using client = createClient(opaque)
    await using web = createClient(opaque, basic(opaque.web))
    const answer = await opaque.exchangeCode({ resource: AUDIENCE })
    expect(await web.introspect(answer.refresh_token)).toMatchObject({ active: true })
    await opaque.post('/oauth2/revoke', { token: answer.refresh_token })
    expect(await web.introspect(answer.refresh_token)).toEqual(inactive)
    expect(await client.introspect(answer.access_token)).toEqual(inactive)
  })

  test('of a JWT fails at the server, and introspection does not help: the JWT stays active', async () => {
    await using client = createClient(as)
    const { access_token: token, refresh_token: refreshToken } = await as.exchangeCode({ resource: AUDIENCE })
    await expect(as.post('/oauth2/revoke', { token })).rejects.toThrow('unsupported_token_type')
    await as.post('/oauth2/revoke', { token: refreshToken })
    expect(await client.introspect(token)).toMatchObject({ active: true })
  })
})

describe('an access token without a resource', () => {
  test('is opaque, has no audience, and is active only for the client it was issued to', async () => {
    for (const [server] of servers()) {
      const { access_token: token } = await server.exchangeCode()
      expect(token).not.toContain('.')
      await using client = createClient(server)
      expect(await client.introspect(token)).toEqual(inactive)
      await using web = createClient(server, basic(server.web))
      expect(await web.introspect(token)).toMatchObject({ active: true, scope: `openid offline_access ${SCOPE}` })
      expect(await web.introspect(token)).not.toHaveProperty('aud')
      expect(await decide(web, token)).toMatchObject({ reason: 'audience', status: 401 })
      expect((await decide(web, token, false)).allowed).toBe(true)
    }
  })
})

describe('a token of another kind', () => {
  test('such as a refresh token is inactive for every resource server', async () => {
    for (const [server] of servers()) {
      const { refresh_token: token } = await server.exchangeCode({ resource: AUDIENCE })
      for (const each of [server.orders, server.billing]) {
        await using client = createClient(server, basic(each))
        expect(await client.introspect(token)).toEqual(inactive)
        expect(await decide(client, token, false)).toMatchObject({ reason: 'token_inactive', status: 401 })
      }
    }
  })

  test('such as a refresh token is an active Bearer for its own client, and the guard refuses it by its audience', async () => {
    for (const [server] of servers()) {
      const { refresh_token: token } = await server.exchangeCode({ resource: AUDIENCE })
      await using client = createClient(server, basic(server.web))
      const result = await client.introspect(token)
      expect(result).toMatchObject({ active: true, token_type: 'Bearer', scope: `openid offline_access ${SCOPE}` })
      for (const member of ['aud', 'token_use', 'typ']) expect(result).not.toHaveProperty(member)
      expect(await decide(client, token)).toMatchObject({ reason: 'audience', status: 401 })
    }
  })

  test('such as a refresh token passes a guard of its own client with audience: false', async () => {
    for (const [server] of servers()) {
      const { refresh_token: token } = await server.exchangeCode({ resource: AUDIENCE })
      await using client = createClient(server, basic(server.web))
      expect((await decide(client, token, false)).allowed).toBe(true)
    }
  })

  test('such as an authorization code is inactive', async () => {
    for (const [server] of servers()) {
      await using client = createClient(server, basic(server.web))
      expect(await client.introspect(await server.authorize())).toEqual(inactive)
    }
  })

  test('such as an ID token is inactive when it is signed with a key', async () => {
    const { id_token: token } = await as.exchangeCode()
    for (const each of [as.orders, as.web]) {
      await using client = createClient(as, basic(each))
      expect(await client.introspect(token)).toEqual(inactive)
    }
  })

  test('such as an ID token signed with a secret makes the server fail (ERR_TRANSPORT_STATUS 500)', async () => {
    const { id_token: token } = await opaque.exchangeCode()
    await using client = createClient(opaque)
    await expect(client.introspect(token)).rejects.toMatchObject({ code: 'ERR_TRANSPORT_STATUS', status: 500 })
  })

  test.each(['no-such-token', 'a.b.c', 'Bearer'])(
    'such as %s, which the server never issued, is inactive',
    async (token) => {
      for (const [server] of servers()) {
        await using client = createClient(server)
        expect(await client.introspect(token)).toEqual(inactive)
        expect(await decide(client, token)).toMatchObject({ reason: 'token_inactive', status: 401 })
      }
    },
  )

  test('such as a forged JWT makes the server fail (ERR_TRANSPORT_STATUS 500), and the client does not call it a bad token', async () => {
    const { access_token: token } = await as.exchangeCode({ resource: AUDIENCE })
    await using client = createClient(as)
    for (const each of [await forge(), `${token.slice(0, -8)}AAAAAAAA`]) {
      await expect(client.introspect(each)).rejects.toMatchObject({
        code: 'ERR_TRANSPORT_STATUS',
        status: 500,
        oauthError: undefined,
      })
      expect(await decide(client, each)).toMatchObject({ allowed: false, reason: 'unavailable', status: 503 })
    }
  })

  test('such as a forged JWT does not block other tokens, however often it is sent', async () => {
    const { access_token: token } = await as.exchangeCode({ resource: AUDIENCE })
    await using client = createClient(as)
    const forged = await forge()
    for (let sent = 0; sent < 10; sent += 1) {
      expect(await decide(client, forged)).toMatchObject({ reason: 'unavailable', status: 503 })
    }
    expect((await decide(client, token)).allowed).toBe(true)
  })
})

/** A JWT like an access token, but without a signature of the server. */
function forge(): Promise<string> {
  return new SignJWT({ iss: as.issuer, aud: AUDIENCE, azp: as.web.id, scope: SCOPE })
    .setProtectedHeader({ alg: 'EdDSA', kid: 'none', typ: 'at+jwt' })
    .setExpirationTime('1h')
    .sign(generateKeyPairSync('ed25519').privateKey)
}

describe('client authentication', () => {
  test('by the registered method is accepted', async () => {
    const { access_token: token } = await as.exchangeCode({ resource: AUDIENCE })
    const { id, key } = as.ordersByKey
    for (const authentication of [
      basic(as.orders),
      clientSecretPost(as.ordersByPost.id, as.ordersByPost.secret),
      privateKeyJwt(id, key, { algorithm: 'ES256', keyId: 'ours' }),
    ]) {
      await using client = createClient(as, authentication)
      expect((await decide(client, token)).allowed).toBe(true)
      // An assertion can be used once.
      expect((await decide(client, token)).allowed).toBe(true)
    }
  })

  test.each([
    ['a wrong secret', () => clientSecretBasic(as.orders.id, 'wrong'), 401],
    [
      'a wrong secret in the form, for which the server answers 400',
      () => clientSecretPost(as.ordersByPost.id, 'wrong'),
      400,
    ],
    ['an unknown client', () => clientSecretBasic('no-api', 'wrong'), 401],
    ['an unknown client in the form', () => clientSecretPost('no-api', 'wrong'), 400],
    [
      'client_secret_post when client_secret_basic is registered',
      () => clientSecretPost(as.orders.id, as.orders.secret),
      400,
    ],
    ['client_secret_basic when client_secret_post is registered', () => basic(as.ordersByPost), 401],
    [
      'an assertion with the key of another client',
      () => privateKeyJwt(as.ordersByKey.id, stranger, { algorithm: 'ES256', keyId: 'ours' }),
      401,
    ],
    [
      'an assertion with another audience',
      () => privateKeyJwt(as.ordersByKey.id, as.ordersByKey.key, { algorithm: 'ES256', audience: OTHER_AUDIENCE }),
      401,
    ],
    ['no credentials', () => dangerouslyNoClientAuthentication({ clientId: as.orders.id }), 401],
    ['no client identifier', () => dangerouslyNoClientAuthentication(), 401],
  ])(
    'with %s is refused (ERR_TRANSPORT_UNAUTHORIZED), and not reported as a bad token',
    async (_, authentication, status) => {
      await using client = createClient(as, authentication())
      const { access_token: token } = await as.exchangeCode({ resource: AUDIENCE })
      await expect(client.introspect(token)).rejects.toMatchObject({ ...unauthorized, status })
      expect(await decide(client, token)).toMatchObject({ reason: 'unavailable', status: 500 })
    },
  )
})

test('its limit of requests is an outage (ERR_TRANSPORT_RATE_LIMITED), not a bad token', async () => {
  await using server = await startBetterAuth({ requestsPerMinute: 2 })
  await using client = createClient(server)
  const { access_token: token } = await server.exchangeCode({ resource: AUDIENCE })
  expect((await decide(client, token)).allowed).toBe(true)
  expect((await decide(client, token)).allowed).toBe(true)
  await expect(client.introspect(token)).rejects.toMatchObject({ code: 'ERR_TRANSPORT_RATE_LIMITED' })
  expect(await decide(client, token)).toMatchObject({ reason: 'unavailable', status: 503 })
})

test('its metadata lead to the endpoint, for the issuer with the path of its mount', async () => {
  const { access_token: token } = await as.exchangeCode({ resource: AUDIENCE })
  await using root = new IntrospectionClient({
    issuer: as.origin,
    clientAuthentication: basic(as.orders),
    transport: { allowHttpOnLoopback: true },
  })
  await expect(root.introspect(token)).rejects.toMatchObject({ code: 'ERR_TRANSPORT_STATUS', status: 404 })
  await using client = createClient(as)
  expect(await client.introspect(token)).toMatchObject({ active: true, iss: as.issuer })
})
