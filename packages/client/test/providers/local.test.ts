/** The presets of servers without introspection, with tokens in the form that the servers document. */
import { type GuardOptions, IntrospectionClient, type LocalProvider } from '@token-introspection/client'
import { adfs, auth0, cognito, entra } from '@token-introspection/client/providers'
import { describe, expect, test } from 'vitest'
import { createKey, issue, NOW } from '../jwt-authorization-server.ts'

const key = await createKey('RS256', 'a-kid')
const tenantId = '11111111-2222-3333-4444-555555555555'
const api = '66666666-7777-8888-9999-000000000000'
const orders = 'https://orders.example.com'
const times = { iat: NOW - 10, exp: NOW + 3600 }

interface Row {
  readonly what: string
  readonly provider: LocalProvider
  readonly claims: object
  readonly header?: object
  readonly guard?: GuardOptions
  /** The reason why a guard refuses, or `allowed`. */
  readonly outcome: string
  /** Some of the members of the answer. */
  readonly members?: object
}

const auth0Tenant = auth0({ domain: 'acme.eu.auth0.com', audience: orders })
const auth0Token = {
  iss: 'https://acme.eu.auth0.com/',
  sub: 'auth0|5f7c8ec7c33c6c004bbafe82',
  aud: [orders, 'https://acme.eu.auth0.com/userinfo'],
  azp: 'my_client_id',
  scope: 'openid profile orders:read',
  ...times,
}
const pool = cognito({ region: 'eu-central-1', userPoolId: 'eu-central-1_EXAMPLE', clientId: ['app', 'other-app'] })
const poolToken = {
  iss: 'https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_EXAMPLE',
  sub: 'aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee',
  client_id: 'app',
  token_use: 'access',
  scope: 'openid orders/read',
  auth_time: NOW - 20,
  jti: 'aaaaaaaa-bbbb-cccc-dddd-ffffffffffff',
  origin_jti: 'x',
  version: 2,
  username: 'alice',
  'cognito:groups': ['admins'],
  ...times,
}
const directory = entra({ tenantId })
const entraToken = {
  iss: `https://login.microsoftonline.com/${tenantId}/v2.0`,
  aud: api,
  sub: 'AAAAAAAAAAAAAAAAAAAAAIkzqFVrSaSaFHy782bbtaQ',
  azp: 'aaaaaaaa-0000-0000-0000-000000000000',
  azpacr: '1',
  oid: '00000000-0000-0000-66f3-3332eca7ea81',
  scp: 'orders.read orders.write',
  tid: tenantId,
  uti: 'fqiBqXLPj0eQa82S-IYFAA',
  ver: '2.0',
  ...times,
  nbf: NOW - 10,
}
const untyped = { typ: undefined }
const jwt = { typ: 'JWT' }

const federation = adfs({ domain: 'fs.example.com' })
const adfsToken = {
  iss: 'http://fs.example.com/adfs/services/trust',
  aud: orders,
  appid: 'web',
  apptype: 'Public',
  scp: 'orders.read',
  auth_time: new Date((NOW - 20) * 1000).toISOString(),
  ver: '1.0',
  ...times,
}

const rows: readonly Row[] = [
  {
    what: 'AD FS: a token of its federation service, which names an http issuer',
    provider: federation,
    claims: adfsToken,
    header: jwt,
    guard: { audience: orders, scope: 'orders.read', maxAuthenticationAgeSeconds: 60 },
    outcome: 'allowed',
    members: { client_id: 'web' },
  },
  {
    what: 'AD FS: an ID token, which names the issuer of the metadata',
    provider: federation,
    claims: { ...adfsToken, iss: 'https://fs.example.com/adfs' },
    header: jwt,
    guard: { audience: orders },
    outcome: 'token_inactive',
  },
  {
    what: 'Auth0: a token of the Auth0 profile',
    provider: auth0Tenant,
    claims: auth0Token,
    header: jwt,
    guard: { scope: 'orders:read' },
    outcome: 'allowed',
    members: { client_id: 'my_client_id' },
  },
  {
    what: 'Auth0: a token of the RFC 9068 profile, with permissions',
    provider: auth0Tenant,
    claims: { ...auth0Token, azp: undefined, client_id: 'my_client_id', jti: 'x', permissions: ['read:orders'] },
    outcome: 'allowed',
    members: { client_id: 'my_client_id', auth0_permissions: ['read:orders'] },
  },
  {
    what: 'Auth0: a token of a machine client',
    provider: auth0Tenant,
    claims: { ...auth0Token, sub: 'my_client_id@clients', aud: orders, gty: 'client-credentials' },
    header: jwt,
    outcome: 'allowed',
  },
  {
    what: 'Auth0: an ID token, whose audience is the client',
    provider: auth0Tenant,
    claims: { ...auth0Token, azp: undefined, aud: 'my_client_id', nonce: 'x' },
    header: jwt,
    outcome: 'token_inactive',
  },
  {
    what: 'Auth0: a token for another API',
    provider: auth0Tenant,
    claims: { ...auth0Token, aud: ['https://acme.eu.auth0.com/api/v2/'] },
    header: jwt,
    outcome: 'audience',
  },
  {
    what: 'Auth0: the issuer without its trailing slash',
    provider: auth0Tenant,
    claims: { ...auth0Token, iss: 'https://acme.eu.auth0.com' },
    header: jwt,
    outcome: 'token_inactive',
  },
  {
    what: 'Cognito: an access token without typ and aud',
    provider: pool,
    claims: poolToken,
    header: untyped,
    guard: { scope: 'orders/read' },
    outcome: 'allowed',
    members: { aud: 'app', username: 'alice' },
  },
  {
    what: 'Cognito: an access token of the other app client',
    provider: pool,
    claims: { ...poolToken, client_id: 'other-app' },
    header: untyped,
    outcome: 'allowed',
  },
  {
    what: 'Cognito: a token of an unknown app client',
    provider: pool,
    claims: { ...poolToken, client_id: 'evil-app' },
    header: untyped,
    outcome: 'audience',
  },
  {
    what: 'Cognito: an access token for another resource',
    provider: pool,
    claims: { ...poolToken, aud: 'https://other.example.com' },
    header: untyped,
    outcome: 'audience',
  },
  {
    what: 'Cognito: an access token for this resource',
    provider: pool,
    claims: { ...poolToken, aud: orders },
    header: untyped,
    guard: { audience: orders },
    outcome: 'allowed',
  },
  {
    what: 'Cognito: an ID token',
    provider: pool,
    claims: { ...poolToken, token_use: 'id', client_id: undefined, aud: 'app' },
    header: untyped,
    outcome: 'token_inactive',
  },
  {
    what: 'Cognito: a token whose token_use is id, whatever else it has',
    provider: pool,
    claims: { ...poolToken, token_use: 'id' },
    header: untyped,
    outcome: 'token_kind',
  },
  {
    what: 'Cognito: a token without token_use',
    provider: pool,
    claims: { ...poolToken, token_use: undefined },
    header: untyped,
    outcome: 'token_kind',
  },
  {
    what: 'Cognito: a token of another user pool',
    provider: pool,
    claims: { ...poolToken, iss: 'https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_OTHER' },
    header: untyped,
    outcome: 'token_inactive',
  },
  {
    what: 'Entra: a token of a user',
    provider: directory,
    claims: entraToken,
    header: jwt,
    guard: { audience: api, scope: 'orders.read' },
    outcome: 'allowed',
    members: { scope: 'orders.read orders.write', client_id: entraToken.azp, jti: entraToken.uti },
  },
  {
    what: 'Entra: a token of an application, with roles and without scope',
    provider: directory,
    claims: { ...entraToken, scp: undefined, roles: ['Orders.Read.All'] },
    header: jwt,
    guard: { audience: api, check: ({ roles }) => (roles as string[]).includes('Orders.Read.All') },
    outcome: 'allowed',
  },
  {
    what: 'Entra: an ID token of an application that is both client and API',
    provider: directory,
    claims: { ...entraToken, azp: undefined, azpacr: undefined, scp: undefined },
    header: jwt,
    guard: { audience: api },
    outcome: 'token_inactive',
  },
  {
    what: 'Entra: a token for Graph',
    provider: directory,
    claims: { ...entraToken, aud: '00000003-0000-0000-c000-000000000000' },
    header: jwt,
    guard: { audience: api },
    outcome: 'audience',
  },
  {
    what: 'Entra: a token of another tenant',
    provider: directory,
    claims: { ...entraToken, iss: 'https://login.microsoftonline.com/99999999-2222-3333-4444-555555555555/v2.0' },
    header: jwt,
    guard: { audience: api },
    outcome: 'token_inactive',
  },
  {
    what: 'Entra: a token of version 1',
    provider: directory,
    claims: { ...entraToken, iss: `https://sts.windows.net/${tenantId}/`, ver: '1.0' },
    header: jwt,
    guard: { audience: api },
    outcome: 'token_inactive',
  },
]

describe('tokens of servers without introspection', () => {
  test.each(rows)('$what: $outcome (AT-06, AT-14)', async ({ provider, claims, header, guard, outcome, members }) => {
    const asked: string[] = []
    const client = new IntrospectionClient({
      provider,
      now: () => NOW * 1000,
      transport: {
        fetch: async (url) => {
          asked.push(url)
          return Response.json(
            url.endsWith('/the-keys')
              ? { keys: [key.published] }
              : { issuer: provider.issuer, jwks_uri: `${new URL(provider.issuer ?? '').origin}/the-keys` },
          )
        },
      },
    })
    const headers = { authorization: `Bearer ${await issue(key, claims, header)}` }
    const decision = await client.guard(guard ?? {})(new Request(orders, { headers }))
    expect(decision.allowed ? 'allowed' : decision.reason).toBe(outcome)
    if (decision.allowed) expect(decision.token).toMatchObject(members ?? {})
    expect(asked.filter((url) => !url.includes('/.well-known/') && !url.endsWith('/the-keys'))).toEqual([])
  })

  test('an opaque token of Auth0 is explained to the operator', async () => {
    const told: unknown[] = []
    const client = new IntrospectionClient({
      provider: auth0Tenant,
      onEvent: (event) => void (event.type === 'jwt_unusable' && told.push(event)),
    })
    expect(await client.introspect('an-opaque-token-of-auth0')).toEqual({ active: false })
    expect(told).toMatchObject([{ reason: 'opaque', client: { issuer: 'https://acme.eu.auth0.com/' } }])
    expect((told[0] as { message: string }).message).toMatch(/Auth0.*audience parameter/)
  })
})

function isDeeplyFrozen(value: object): boolean {
  return (
    Object.isFrozen(value) &&
    Object.values(value).every((member) => typeof member !== 'object' || isDeeplyFrozen(member as object))
  )
}

describe('presets', () => {
  test.each([auth0Tenant, auth0({ domain: 'login.example.com' }), pool, directory])(
    '$name is frozen data with a page of documentation',
    (provider) => {
      expect(isDeeplyFrozen(provider)).toBe(true)
      expect(structuredClone(provider)).toEqual(provider)
      expect(new URL(provider.documentation).protocol).toBe('https:')
    },
  )

  test('know the issuer, exactly', () => {
    expect(auth0({ domain: 'ACME.eu.auth0.com' }).issuer).toBe('https://acme.eu.auth0.com/')
    expect(cognito({ region: 'cn-north-1', userPoolId: 'cn-north-1_X', clientId: 'a' }).issuer).toBe(
      'https://cognito-idp.cn-north-1.amazonaws.com.cn/cn-north-1_X',
    )
    expect(directory.issuer).toBe(`https://login.microsoftonline.com/${tenantId}/v2.0`)
  })

  test('leave the audience to you when it is not given', () => {
    const client = new IntrospectionClient({ provider: directory })
    expect(() => client.guard()).toThrow(/^guard\.audience: /)
  })

  test('can be overridden in every point', async () => {
    const server = { issuer: 'https://acme.eu.auth0.com/', jwks_uri: 'https://acme.eu.auth0.com/keys' }
    const client = new IntrospectionClient({
      provider: auth0Tenant,
      jwt: { types: ['at+jwt'] },
      now: () => NOW * 1000,
      transport: { fetch: async (url) => Response.json(url.endsWith('keys') ? { keys: [key.published] } : server) },
    })
    expect(await client.introspect(await issue(key, auth0Token, jwt))).toEqual({ active: false })
    expect(await client.introspect(await issue(key, auth0Token))).toMatchObject({ active: true })
  })

  test.each([
    ['auth0.domain', () => auth0({ domain: 'https://acme.auth0.com' })],
    ['auth0.domain', () => auth0({} as { domain: string })],
    ['auth0.audience', () => auth0({ domain: 'acme.auth0.com', audience: '' })],
    ['cognito.region', () => cognito({ region: 'evil.example/', userPoolId: 'x_y', clientId: 'a' })],
    ['cognito.userPoolId', () => cognito({ region: 'eu-central-1', userPoolId: 'us-east-1_X', clientId: 'a' })],
    ['cognito.userPoolId', () => cognito({ region: 'eu-central-1', userPoolId: 'eu-central-1_X/..', clientId: 'a' })],
    ['cognito.clientId', () => cognito({ region: 'eu-central-1', userPoolId: 'eu-central-1_X', clientId: [] })],
    ['cognito.clientId', () => cognito({ region: 'eu-central-1', userPoolId: 'eu-central-1_X', clientId: '' })],
    ['entra.tenantId', () => entra({ tenantId: 'common' })],
    ['entra.tenantId', () => entra({ tenantId: 'acme.onmicrosoft.com' })],
    ['entra.tenantId', () => entra({ tenantId: `${tenantId}/evil` })],
  ])('name the option %s when it is wrong: %s', (path, make) => {
    expect(make).toThrow(TypeError)
    expect(make).toThrow(`${path}: `)
  })
})
