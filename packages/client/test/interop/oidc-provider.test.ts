import { generateKeyPairSync } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type RequestListener, type Server } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import {
  type ClientAuthentication,
  clientSecretBasic,
  clientSecretPost,
  type GuardDecision,
  IntrospectionClient,
} from '@token-introspection/client'
import { Provider } from 'oidc-provider'
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { createCertificate } from '../certificates.ts'

const audience = 'https://orders.example.com'
const scope = 'orders:read'
const secrets = {
  'orders-api': 'orders-s3cr3t',
  'post-api': 'post-s3cr3t',
  'colon-api': 's: %+/&=~!*\'()"\\',
  'https://url.example/api': 'url%3Ds3cr3t',
  web: 'web-s3cr3t',
}
const accepted = Object.keys(secrets).filter((clientId) => clientId.includes('api'))

let as: AuthorizationServer

beforeAll(async () => {
  silence()
  as = await startProvider((listener) => createServer(listener), 'http')
})

beforeEach(silence)

afterAll(() => as.stop())

/** The provider prints notices about development settings. */
function silence(): void {
  vi.spyOn(console, 'warn').mockReturnValue(undefined)
}

interface AuthorizationServer {
  readonly issuer: string
  readonly provider: Provider
  stop(): Promise<unknown>
}

async function startProvider(
  serve: (listener: RequestListener) => Server,
  scheme: 'http' | 'https',
): Promise<AuthorizationServer> {
  let callback: RequestListener | undefined
  const server = serve((request, response) => callback?.(request, response))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const issuer = `${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}`
  const provider = new Provider(issuer, configuration())
  callback = (request, response) => void provider.callback()(request, response)
  return {
    issuer,
    provider,
    stop() {
      server.closeAllConnections()
      return once(server.close(), 'close')
    },
  }
}

function configuration(): Record<string, unknown> {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const noRedirects = { redirect_uris: [], response_types: [], grant_types: [] }
  const method: Record<string, string> = { 'post-api': 'client_secret_post' }
  return {
    clients: Object.entries(secrets).map(([client_id, client_secret]) => ({
      ...noRedirects,
      ...(client_id === 'web' && { grant_types: ['client_credentials'] }),
      client_id,
      client_secret,
      token_endpoint_auth_method: method[client_id] ?? 'client_secret_basic',
    })),
    scopes: [scope, 'orders:write', 'offline_access'],
    jwks: { keys: [privateKey.export({ format: 'jwk' })] },
    cookies: { keys: ['for-this-test'] },
    clientDefaults: { id_token_signed_response_alg: 'ES256' },
    enabledJWA: { idTokenSigningAlgValues: ['ES256'] },
    ttl: { AccessToken: 600, ClientCredentials: 600, RefreshToken: 600, Grant: 600 },
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      revocation: { enabled: true, allowedPolicy: () => true },
      introspection: {
        enabled: true,
        allowedPolicy: (_context: unknown, client: { clientId: string }) => accepted.includes(client.clientId),
      },
    },
  }
}

function createClient(
  clientAuthentication: ClientAuthentication = clientSecretBasic('orders-api', secrets['orders-api']),
  now?: () => number,
): IntrospectionClient {
  return new IntrospectionClient({
    issuer: as.issuer,
    clientAuthentication,
    transport: { allowHttpOnLoopback: true },
    now,
  })
}

function decide(client: IntrospectionClient, token: string): Promise<GuardDecision> {
  const request = new Request(audience, { headers: { authorization: `Bearer ${token}` } })
  return client.guard({ audience, scope })(request)
}

async function webClient() {
  const client = await as.provider.Client.find('web')
  if (client === undefined) throw new Error('the client web is not registered')
  return client
}

async function issueClientCredentials(members: Record<string, unknown> = {}): Promise<string> {
  return new as.provider.ClientCredentials({ client: await webClient(), aud: audience, scope, ...members }).save()
}

/** An access token or a refresh token that alice has granted to the client web. */
async function issueGranted(kind: 'AccessToken' | 'RefreshToken', members: Record<string, unknown> = {}) {
  const client = await webClient()
  const grantId = await new as.provider.Grant({ clientId: client.clientId, accountId: 'alice' }).save()
  const token = new as.provider[kind]({
    client,
    accountId: 'alice',
    grantId,
    gty: 'authorization_code',
    scope,
    ...members,
  })
  return token.save()
}

function segment(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}

async function postAsWeb(path: string, form: Record<string, string>) {
  const authorization = `Basic ${Buffer.from(`web:${secrets.web}`).toString('base64')}`
  return fetch(`${as.issuer}${path}`, {
    method: 'POST',
    headers: { authorization },
    body: new URLSearchParams(form),
  })
}

describe('an access token', () => {
  test('from the token endpoint is active, and names its audience', async () => {
    const response = await postAsWeb('/token', { grant_type: 'client_credentials', scope })
    const { access_token: token } = (await response.json()) as { access_token: string }
    await using client = createClient()
    const result = await client.introspect(token)
    expect(result).toMatchObject({
      active: true,
      client_id: 'web',
      scope,
      iss: as.issuer,
      token_type: 'Bearer',
    })
    expect(result.active && Number(result.exp) - Number(result.iat)).toBe(600)
  })

  test('of a user is active and passes the guard', async () => {
    await using client = createClient()
    const decision = await decide(client, await issueGranted('AccessToken', { aud: audience }))
    expect(decision).toMatchObject({ allowed: true, token: { sub: 'alice', client_id: 'web', aud: audience, scope } })
  })

  test('for another audience, or with too little scope, is refused by the guard', async () => {
    await using client = createClient()
    expect(await decide(client, await issueClientCredentials({ aud: 'https://other.example.com' }))).toMatchObject({
      reason: 'audience',
      status: 401,
    })
    expect(await decide(client, await issueClientCredentials({ scope: 'orders:write' }))).toMatchObject({
      reason: 'scope',
      status: 403,
    })
  })

  test('that was never issued is inactive', async () => {
    await using client = createClient()
    expect(await client.introspect('no-such-token')).toEqual({ active: false })
    expect(await decide(client, 'no-such-token')).toMatchObject({ reason: 'token_inactive', status: 401 })
  })

  test('is inactive once its client has revoked it', async () => {
    await using client = createClient()
    const token = await issueClientCredentials()
    expect((await decide(client, token)).allowed).toBe(true)
    expect((await postAsWeb('/token/revocation', { token })).status).toBe(200)
    expect(await client.introspect(token)).toEqual({ active: false })
    expect(await decide(client, token)).toMatchObject({ reason: 'token_inactive', status: 401 })
  })

  test('is inactive once it has expired by the clock of the server', async () => {
    await using client = createClient()
    const token = await issueClientCredentials()
    expect((await client.introspect(token)).active).toBe(true)
    const later = Date.now() + 601_000
    const clock = vi.spyOn(Date, 'now').mockReturnValue(later)
    const result = await client.introspect(token)
    clock.mockRestore()
    expect(result).toEqual({ active: false })
  })

  test("is inactive once it has expired by this client's clock, whatever the server says", async () => {
    const token = await issueClientCredentials()
    await using client = createClient(undefined, () => Date.now() + 606_000)
    expect(await client.introspect(token)).toEqual({ active: false })
  })

  test('bound to a key is refused as a bearer token', async () => {
    const jkt = '0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I'
    await using client = createClient()
    const token = await issueClientCredentials({ jkt })
    expect(await client.introspect(token)).toMatchObject({ active: true, token_type: 'DPoP', cnf: { jkt } })
    expect(await decide(client, token)).toMatchObject({ reason: 'confirmation', status: 401 })
  })

  test('that looks like a JWT is not kept by this server, and so is inactive', async () => {
    const jwt = `${segment({ alg: 'ES256', typ: 'at+jwt' })}.${segment({ sub: 'alice' })}.${'A'.repeat(86)}`
    const response = await fetch(`${as.issuer}/token/introspection`, {
      method: 'POST',
      headers: { authorization: `Basic ${Buffer.from(`orders-api:${secrets['orders-api']}`).toString('base64')}` },
      body: new URLSearchParams({ token: jwt }),
    })
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ error: 'unsupported_token_type' })
    await using client = createClient()
    expect(await client.introspect(jwt)).toEqual({ active: false })
    expect(await decide(client, jwt)).toMatchObject({ reason: 'token_inactive', status: 401 })
  })
})

describe('a refresh token', () => {
  test('is active, and no member of the answer names its kind', async () => {
    await using client = createClient()
    const result = await client.introspect(await issueGranted('RefreshToken'))
    expect(result).toMatchObject({ active: true, sub: 'alice', client_id: 'web', scope, iss: as.issuer })
    for (const member of ['token_type', 'token_use', 'typ', 'aud']) expect(result).not.toHaveProperty(member)
  })

  test('is refused by the guard because it has no audience', async () => {
    await using client = createClient()
    expect(await decide(client, await issueGranted('RefreshToken'))).toMatchObject({ reason: 'audience', status: 401 })
  })

  test('passes a guard without an audience check, which is a reason to keep the check', async () => {
    await using client = createClient()
    const request = new Request(audience, {
      headers: { authorization: `Bearer ${await issueGranted('RefreshToken')}` },
    })
    expect((await client.guard({ audience: false, scope })(request)).allowed).toBe(true)
  })
})

describe('client authentication', () => {
  test.each([
    ['client_secret_basic', clientSecretBasic('orders-api', secrets['orders-api'])],
    ['client_secret_post', clientSecretPost('post-api', secrets['post-api'])],
    [
      'client_secret_post when client_secret_basic is registered',
      clientSecretPost('orders-api', secrets['orders-api']),
    ],
    ['client_secret_basic with special characters in the secret', clientSecretBasic('colon-api', secrets['colon-api'])],
    [
      'client_secret_basic with a URL as identifier',
      clientSecretBasic('https://url.example/api', secrets['https://url.example/api']),
    ],
  ])('by %s is accepted', async (_, clientAuthentication) => {
    await using client = createClient(clientAuthentication)
    expect(await client.introspect(await issueClientCredentials())).toMatchObject({ active: true, client_id: 'web' })
  })

  test.each([
    ['a wrong secret', clientSecretBasic('orders-api', 'wrong')],
    ['a wrong secret in the form', clientSecretPost('post-api', 'wrong')],
    ['an unknown client', clientSecretBasic('no-api', 'wrong')],
  ])(
    "with %s is refused, as a fault of the client's configuration and not of the token",
    async (_, clientAuthentication) => {
      await using client = createClient(clientAuthentication)
      const token = await issueClientCredentials()
      await expect(client.introspect(token)).rejects.toMatchObject({
        code: 'ERR_TRANSPORT_UNAUTHORIZED',
        oauthError: 'invalid_client',
      })
      expect(await decide(client, token)).toMatchObject({ reason: 'unavailable', status: 500 })
    },
  )

  test.each([
    ['an unencoded secret', clientSecretBasic('colon-api', secrets['colon-api'], { encoding: 'raw' })],
    ['letters outside ASCII, which no secret of this server can have', clientSecretBasic('orders-api', 'sécret')],
  ])('with %s is a broken request, not a bad token', async (_, clientAuthentication) => {
    await using client = createClient(clientAuthentication)
    const token = await issueClientCredentials()
    await expect(client.introspect(token)).rejects.toMatchObject({
      code: 'ERR_TRANSPORT_STATUS',
      status: 400,
      oauthError: 'invalid_request',
    })
    expect(await decide(client, token)).toMatchObject({ reason: 'unavailable', status: 502 })
  })

  test('of a client that may not introspect makes every token inactive', async () => {
    await using client = createClient(clientSecretBasic('web', secrets.web))
    expect(await client.introspect(await issueClientCredentials())).toEqual({ active: false })
  })

  test('cannot be registered with a secret outside ASCII', async () => {
    const { clients, ...rest } = configuration() as { clients: object[] }
    const client = { ...clients[0], client_secret: 'sécret' }
    const provider = new Provider('http://127.0.0.1', { ...rest, clients: [client] })
    await expect(provider.Client.find('orders-api')).rejects.toMatchObject({
      error: 'invalid_client_metadata',
      error_description: expect.stringContaining('client_secret') as string,
    })
  })
})

test('its metadata lead to the endpoint, only for the issuer exactly as it is written there', async () => {
  const response = await fetch(`${as.issuer}/.well-known/oauth-authorization-server`)
  expect(await response.json()).toMatchObject({ introspection_endpoint: `${as.issuer}/token/introspection` })
  const client = new IntrospectionClient({
    issuer: `${as.issuer}/`,
    clientAuthentication: clientSecretBasic('orders-api', secrets['orders-api']),
    transport: { allowHttpOnLoopback: true },
  })
  await expect(client.introspect('abc')).rejects.toMatchObject({ code: 'ERR_RESPONSE_UNTRUSTED' })
  await client.close()
})

test('works over TLS in the same way', async () => {
  const certificate = createCertificate('127.0.0.1')
  const before = getCACertificates('default')
  setDefaultCACertificates([...before, certificate.cert])
  const plain = as
  as = await startProvider((listener) => createHttpsServer(certificate, listener), 'https')
  const client = new IntrospectionClient({
    issuer: as.issuer,
    clientAuthentication: clientSecretBasic('orders-api', secrets['orders-api']),
  })
  expect(await decide(client, await issueClientCredentials())).toMatchObject({
    allowed: true,
    token: { iss: as.issuer },
  })
  await client.close()
  await as.stop()
  as = plain
  setDefaultCACertificates(before)
})
