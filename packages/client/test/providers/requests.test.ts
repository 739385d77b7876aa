import {
  bearerToken,
  type ClientAuthentication,
  clientSecretBasic,
  clientSecretJwt,
  clientSecretPost,
  dangerouslyNoClientAuthentication,
  IntrospectionClient,
  type Provider,
} from '@token-introspection/client'
import * as presets from '@token-introspection/client/providers'
import { describe, expect, test } from 'vitest'

const secret = clientSecretBasic('orders-api', 's3cr3t')
const none = dangerouslyNoClientAuthentication()

interface Row {
  readonly provider: Provider
  /** The metadata, for presets that know only the issuer. */
  readonly discovered?: string
  readonly endpoint: string
  /** The form, without the token. */
  readonly parameters?: Readonly<Record<string, string>>
  readonly clientAuthentication?: ClientAuthentication
}

const {
  authentik,
  curity,
  doorkeeper,
  duende,
  fusionauth,
  gluu,
  hydra,
  janssen,
  keyBridgeSts,
  keycloak,
  logto,
  mitreid,
  okta,
  oidcProvider,
  openiddict,
  oryNetwork,
  pingam,
  pingfederate,
  salesforce,
  sap,
  springAuthorizationServer,
  stytch,
  uaa,
  workos,
  wso2,
  zitadel,
} = presets

/** The issuer is known, and its metadata name the documented path. */
function found(provider: Provider, issuer: string, endpoint: string): Row {
  return { provider, discovered: issuer, endpoint }
}

const rows: Row[] = [
  found(
    okta({ domain: 'acme.okta.com' }),
    'https://acme.okta.com/oauth2/default',
    'https://acme.okta.com/oauth2/default/v1/introspect',
  ),
  found(
    okta({ domain: 'ACME.okta.com', authorizationServerId: 'aus1' }),
    'https://acme.okta.com/oauth2/aus1',
    'https://acme.okta.com/oauth2/aus1/v1/introspect',
  ),
  found(
    keycloak({ url: 'https://example.com/auth/', realm: 'my realm' }),
    'https://example.com/auth/realms/my%20realm',
    'https://example.com/auth/realms/my%20realm/protocol/openid-connect/token/introspect',
  ),
  found(
    duende({ authority: 'https://id.example.com' }),
    'https://id.example.com',
    'https://id.example.com/connect/introspect',
  ),
  found(
    openiddict({ issuer: 'https://id.example.com/' }),
    'https://id.example.com/',
    'https://id.example.com/introspect',
  ),
  found(
    springAuthorizationServer({ issuer: 'https://id.example.com' }),
    'https://id.example.com',
    'https://id.example.com/oauth2/introspect',
  ),
  found(
    zitadel({ domain: 'acme.zitadel.cloud' }),
    'https://acme.zitadel.cloud',
    'https://acme.zitadel.cloud/oauth/v2/introspect',
  ),
  found(
    logto({ url: 'https://acme.logto.app' }),
    'https://acme.logto.app/oidc',
    'https://acme.logto.app/oidc/token/introspection',
  ),
  found(
    oidcProvider({ issuer: 'https://op.example.com' }),
    'https://op.example.com',
    'https://op.example.com/token/introspection',
  ),
  found(
    janssen({ issuer: 'https://as.example.com' }),
    'https://as.example.com',
    'https://as.example.com/jans-auth/restv1/introspection',
  ),
  found(
    gluu({ issuer: 'https://as.example.com' }),
    'https://as.example.com',
    'https://as.example.com/oxauth/restv1/introspection',
  ),
  found(mitreid({ issuer: 'https://as.example.com/' }), 'https://as.example.com/', 'https://as.example.com/introspect'),
  {
    provider: pingam({ url: 'https://am.example.com:8443/am' }),
    endpoint: 'https://am.example.com:8443/am/oauth2/realms/root/introspect',
  },
  {
    provider: pingam({ url: 'https://am.example.com/am', realm: '/alpha/partners' }),
    endpoint: 'https://am.example.com/am/oauth2/realms/root/realms/alpha/realms/partners/introspect',
  },
  {
    provider: pingam({ url: 'https://am.example.com/am', realm: '/' }),
    endpoint: 'https://am.example.com/am/oauth2/realms/root/introspect',
  },
  {
    provider: pingfederate({ url: 'https://pf.example.com' }),
    endpoint: 'https://pf.example.com/as/introspect.oauth2',
  },
  {
    provider: pingfederate({ url: 'https://pf.example.com', accessTokenManagerId: 'jwt' }),
    endpoint: 'https://pf.example.com/as/introspect.oauth2',
    parameters: { access_token_manager_id: 'jwt' },
  },
  { provider: curity({ url: 'https://c.example.com' }), endpoint: 'https://c.example.com/oauth/v2/oauth-introspect' },
  {
    provider: hydra({ adminUrl: 'https://hydra.example.com:4445/' }),
    endpoint: 'https://hydra.example.com:4445/admin/oauth2/introspect',
    clientAuthentication: none,
  },
  {
    provider: oryNetwork({ projectUrl: 'https://slug.projects.oryapis.com' }),
    endpoint: 'https://slug.projects.oryapis.com/admin/oauth2/introspect',
    clientAuthentication: bearerToken('ory_pat_x'),
  },
  {
    provider: authentik({ url: 'https://auth.example.com', slug: 'orders' }),
    endpoint: 'https://auth.example.com/application/o/introspect/',
  },
  { provider: uaa({ url: 'https://uaa.example.com' }), endpoint: 'https://uaa.example.com/introspect' },
  { provider: wso2({ url: 'https://is.example.com:9443' }), endpoint: 'https://is.example.com:9443/oauth2/introspect' },
  {
    provider: wso2({ url: 'https://is.example.com', tenant: 'acme.com' }),
    endpoint: 'https://is.example.com/t/acme.com/oauth2/introspect',
  },
  { provider: doorkeeper({ url: 'https://app.example.com' }), endpoint: 'https://app.example.com/oauth/introspect' },
  { provider: fusionauth({ url: 'https://fa.example.com' }), endpoint: 'https://fa.example.com/oauth2/introspect' },
  {
    provider: fusionauth({ url: 'https://fa.example.com', clientId: 'orders-api' }),
    endpoint: 'https://fa.example.com/oauth2/introspect',
    parameters: { client_id: 'orders-api' },
  },
  {
    provider: workos({ domain: 'acme.authkit.app' }),
    endpoint: 'https://acme.authkit.app/oauth2/introspection',
    parameters: { client_id: 'orders-api', client_secret: 's3cr3t' },
    clientAuthentication: clientSecretPost('orders-api', 's3cr3t'),
  },
  {
    provider: stytch({ domain: 'acme.customers.stytch.dev' }),
    endpoint: 'https://acme.customers.stytch.dev/v1/oauth2/introspect',
  },
  {
    provider: sap({ domain: 'acme.accounts.ondemand.com', clientId: 'orders-api' }),
    endpoint: 'https://acme.accounts.ondemand.com/oauth2/introspect',
    parameters: { client_id: 'orders-api' },
  },
  {
    provider: salesforce({ domain: 'acme.my.salesforce.com' }),
    endpoint: 'https://acme.my.salesforce.com/services/oauth2/introspect',
  },
  { provider: keyBridgeSts({ url: 'https://sts.example.com' }), endpoint: 'https://sts.example.com/introspect' },
]

describe('the request', () => {
  test.each(rows)(
    'to $provider.name goes to $endpoint',
    async ({ provider, discovered, endpoint, parameters, ...row }) => {
      expect(provider.endpoint).toBe(discovered === undefined ? endpoint : undefined)
      const requests: { url: string; body: URLSearchParams }[] = []
      await using client = new IntrospectionClient({
        provider,
        clientAuthentication: row.clientAuthentication ?? secret,
        transport: {
          fetch: async (url, init) => {
            if (init.method === 'GET') return Response.json({ issuer: discovered, introspection_endpoint: endpoint })
            requests.push({ url, body: new URLSearchParams(init.body as string) })
            return Response.json({ active: false })
          },
        },
      })
      expect(await client.introspect('a-token')).toEqual({ active: false })
      expect(requests.map(({ url }) => url)).toEqual([endpoint])
      // No preset sends a hint: some of these servers refuse a wrong hint, and none needs a hint for access tokens.
      expect(Object.fromEntries(requests[0]?.body ?? [])).toEqual({ token: 'a-token', ...parameters })
    },
  )

  // The presets of servers without introspection send no such request.
  const local: readonly (keyof typeof presets)[] = ['adfs', 'auth0', 'cognito', 'entra']

  test('is tested for every preset', () => {
    const names = new Set(rows.map(({ provider }) => provider.name))
    expect(names.size).toBe(Object.keys(presets).length - local.length)
  })
})

function isDeeplyFrozen(value: object): boolean {
  return (
    Object.isFrozen(value) &&
    Object.values(value).every((member) => typeof member !== 'object' || isDeeplyFrozen(member as object))
  )
}

describe('presets', () => {
  test.each(rows)('$provider.name is frozen data with a page of documentation', ({ provider }) => {
    expect(isDeeplyFrozen(provider)).toBe(true)
    expect(structuredClone(provider)).toEqual(provider)
    expect(new URL(provider.documentation).protocol).toBe('https:')
  })

  test.each([
    ['okta.domain', () => okta({ domain: 'https://acme.okta.com' })],
    ['okta.domain', () => okta({ domain: 'acme.okta.com/evil' })],
    ['okta.domain', () => okta({ domain: 'acme.okta.com@evil.example' })],
    ['okta.domain', () => okta({ domain: 'acme.okta.com:443' })],
    ['okta.domain', () => okta({ domain: 'acme' })],
    ['okta.domain', () => okta({ domain: '127.0.0.1' })],
    ['okta.domain', () => okta({} as { domain: string })],
    ['okta.url', () => okta({ domain: 'acme.okta.com', url: 'x' } as { domain: string })],
    ['okta.authorizationServerId', () => okta({ domain: 'acme.okta.com', authorizationServerId: '..' })],
    ['okta.authorizationServerId', () => okta({ domain: 'acme.okta.com', authorizationServerId: '' })],
    ['keycloak.realm', () => keycloak({ url: 'https://sso.example.com', realm: 'a/b' })],
    ['keycloak.realm', () => keycloak({ url: 'https://sso.example.com', realm: '\ud800' })],
    ['keycloak.url', () => keycloak({ url: 'sso.example.com', realm: 'a' })],
    ['keycloak.url', () => keycloak({ url: 'https://sso.example.com?x=1', realm: 'a' })],
    ['keycloak.url', () => keycloak({ url: 'https://user@sso.example.com', realm: 'a' })],
    ['pingam.realm', () => pingam({ url: 'https://am.example.com', realm: 'a//b' })],
    ['pingam.realm', () => pingam({ url: 'https://am.example.com', realm: '../root' })],
    ['wso2.tenant', () => wso2({ url: 'https://is.example.com', tenant: '.' })],
    ['sap.clientId', () => sap({ domain: 'acme.accounts.ondemand.com', clientId: '' })],
    ['zitadel.domain', () => zitadel({ domain: 'https://acme.zitadel.cloud' })],
    ['hydra.adminUrl', () => hydra({ adminUrl: 'file:///etc/passwd' })],
    ['hydra.issuer', () => hydra({ adminUrl: 'https://admin.example.com', issuer: 'id.example.com' })],
    ['doorkeeper.version', () => doorkeeper({ url: 'https://app.example.com', version: 4 as 5 })],
  ])('name the option %s when it is wrong: %s', (path, make) => {
    expect(make).toThrow(TypeError)
    expect(make).toThrow(`${path}: `)
  })

  test('Spring gets assertions of the type that version 1.5 accepts, with client_id beside them', async () => {
    const issuer = 'https://id.example.com'
    const sent: URLSearchParams[] = []
    await using client = new IntrospectionClient({
      provider: springAuthorizationServer({ issuer }),
      endpoint: `${issuer}/oauth2/introspect`,
      clientAuthentication: clientSecretJwt('orders-api', 'a secret of at least thirty-two octets'),
      transport: {
        fetch: async (_, { body }) => {
          sent.push(new URLSearchParams(body as string))
          return Response.json({ active: false })
        },
      },
    })
    await client.introspect('a-token')
    expect(sent[0]?.get('client_id')).toBe('orders-api')
    const [header] = (sent[0]?.get('client_assertion') ?? '').split('.')
    expect(JSON.parse(Buffer.from(header ?? '', 'base64url').toString())).toMatchObject({ typ: 'JWT' })
  })

  test('plain http is refused except on this machine', () => {
    const provider = hydra({ adminUrl: 'http://hydra:4445' })
    expect(() => new IntrospectionClient({ provider, clientAuthentication: none })).toThrow('endpoint: ')
  })

  test.each([
    ['Keycloak', keycloak({ url: 'https://sso.example.com', realm: 'a' }), none, 'client_secret_basic'],
    ['Duende IdentityServer', duende({ authority: 'https://id.example.com' }), none, 'client_secret_post'],
    [
      'Janssen',
      janssen({ issuer: 'https://as.example.com' }),
      clientSecretPost('api', 's3cr3t'),
      'client_secret_basic',
    ],
    ['Gluu', gluu({ issuer: 'https://as.example.com' }), none, 'Bearer'],
  ])(
    '%s refuses a method that its server does not document, and names the documented ones',
    (name, provider, given, takes) => {
      const create = () => new IntrospectionClient({ provider, clientAuthentication: given })
      expect(create).toThrow(TypeError)
      expect(create).toThrow(`clientAuthentication: ${name} does not take ${given.method}`)
      expect(create).toThrow(takes)
      expect(() => new IntrospectionClient({ provider, clientAuthentication: secret })).not.toThrow()
    },
  )
})
