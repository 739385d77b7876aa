import {
  type ClientAuthentication,
  clientSecretBasic,
  IntrospectionClient,
  isIntrospectionError,
  type Provider,
} from '@token-introspection/client'
import {
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
  oidcProvider,
  okta,
  openiddict,
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
} from '@token-introspection/client/providers'
import { describe, expect, test } from 'vitest'
import { createKey, sign } from '../signing-authorization-server.ts'
import { vendorAnswers, type VendorAnswer } from './answers.ts'

const secret: ClientAuthentication = clientSecretBasic('orders-api', 's3cr3t')
const token = 'a-token'
const acme = 'https://as.example.com'

interface Row {
  readonly answer: string
  readonly provider: Provider
  readonly outcome: string
  /** Some of the members that an active answer has. */
  readonly members?: object
  /** Members that it does not have. */
  readonly absent?: readonly string[]
  /** The decision of a guard that leaves the audience to others: the reason of the refusal, or `allowed`. */
  readonly guard?: string
  readonly at?: number
}

const rows: Row[] = [
  {
    answer: 'okta-access-token',
    provider: okta({ domain: 'acme.okta.com', authorizationServerId: 'orsmsg0aWLdnF3spV0g3' }),
    outcome: 'active',
    members: { aud: 'https://acme.okta.com', username: 'john.doe@example.com', uid: '00uid4BxXw6I6TV4m0g3' },
    guard: 'allowed',
  },
  {
    answer: 'okta-access-token',
    provider: okta({ domain: 'acme.okta.com' }),
    outcome: 'ERR_RESPONSE_UNTRUSTED',
  },
  {
    answer: 'okta-public-client',
    provider: okta({ domain: 'integrator-12345678.okta.com' }),
    outcome: 'active',
    members: { aud: 'api://default' },
    guard: 'allowed',
  },
  { answer: 'okta-inactive', provider: okta({ domain: 'acme.okta.com' }), outcome: 'inactive' },
  { answer: 'okta-no-credentials', provider: okta({ domain: 'acme.okta.com' }), outcome: 'ERR_TRANSPORT_UNAUTHORIZED' },
  ...(['keycloak-public-client', 'keycloak-failed-authentication'] as const).map((answer) => ({
    answer,
    provider: keycloak({ url: acme, realm: 'acme' }),
    outcome: 'ERR_TRANSPORT_UNAUTHORIZED',
  })),
  {
    answer: 'keycloak-rpt',
    provider: keycloak({ url: acme, realm: 'acme' }),
    outcome: 'active',
    members: { permissions: [expect.objectContaining({ resource_id: '90ccc6fc', resource_scopes: ['view'] })] },
    guard: 'allowed',
  },
  {
    answer: 'pingam-access-token',
    provider: pingam({ url: 'https://am.example.com:8443/am', realm: 'alpha' }),
    outcome: 'active',
    members: { scope: 'profile', username: 'a0325ea4-9d9b-4056-931b-ab64704cc3da' },
    guard: 'allowed',
  },
  {
    answer: 'openam-user-id',
    provider: { ...pingam({ url: 'https://openam.example.com' }), issuer: 'https://openam.example.com/' },
    outcome: 'active',
    members: { username: 'demo' },
    guard: 'allowed',
  },
  {
    answer: 'openam-uma',
    provider: { ...pingam({ url: 'https://openam.example.com' }), issuer: 'https://openam.example.com/uma' },
    outcome: 'active',
    members: { unreadableMembers: ['permissions'] },
    absent: ['permissions'],
  },
  {
    answer: 'openam-uma',
    provider: {
      ...pingam({ url: 'https://openam.example.com' }),
      issuer: 'https://openam.example.com/uma',
      response: { tolerate: { uma1Permissions: true } },
    },
    outcome: 'active',
    members: { permissions: [{ resource_id: 'abc', resource_scopes: ['view'], exp: 1_419_356_238 }] },
  },
  {
    answer: 'pingfederate-refresh-token',
    provider: pingfederate({ url: acme }),
    outcome: 'active',
    absent: ['sub', 'aud', 'scope'],
  },
  { answer: 'curity-inactive', provider: curity({ url: acme }), outcome: 'inactive' },
  { answer: 'curity-inactive', provider: wso2({ url: acme }), outcome: 'ERR_TRANSPORT_STATUS' },
  {
    answer: 'hydra-access-token',
    provider: hydra({ adminUrl: acme }),
    outcome: 'active',
    members: { ext: { tenant: 'acme' } },
    guard: 'allowed',
  },
  { answer: 'hydra-refresh-token', provider: hydra({ adminUrl: acme }), outcome: 'active', guard: 'token_kind' },
  {
    answer: 'duende-access-token',
    provider: duende({ authority: 'https://localhost:5001' }),
    outcome: 'active',
    members: { token_type: 'access_token', scope: 'api1' },
    guard: 'allowed',
  },
  { answer: 'duende-inactive', provider: duende({ authority: acme }), outcome: 'inactive' },
  { answer: 'duende-no-credentials', provider: duende({ authority: acme }), outcome: 'ERR_TRANSPORT_UNAUTHORIZED' },
  { answer: 'duende-missing-token', provider: duende({ authority: acme }), outcome: 'ERR_TRANSPORT_STATUS' },
  { answer: 'identityserver4-subject', provider: duende({ authority: acme }), outcome: 'active', guard: 'allowed' },
  {
    answer: 'openiddict-access-token',
    provider: openiddict({ issuer: `${acme}/` }),
    outcome: 'active',
    guard: 'allowed',
  },
  {
    answer: 'openiddict-refresh-token',
    provider: openiddict({ issuer: `${acme}/` }),
    outcome: 'active',
    guard: 'token_kind',
  },
  {
    answer: 'spring-access-token',
    provider: springAuthorizationServer({ issuer: acme }),
    outcome: 'active',
    guard: 'allowed',
  },
  {
    answer: 'spring-authorization-code',
    provider: springAuthorizationServer({ issuer: acme }),
    outcome: 'active',
    guard: 'token_kind',
  },
  {
    answer: 'zitadel-expired',
    provider: { ...zitadel({ domain: 'a.zitadel.cloud' }), issuer: undefined, endpoint: `${acme}/oauth/v2/introspect` },
    outcome: 'inactive',
    at: 1_700_000_000,
  },
  {
    answer: 'zitadel-bad-credentials',
    provider: zitadel({ domain: 'acme.zitadel.cloud' }),
    outcome: 'ERR_TRANSPORT_UNAUTHORIZED',
  },
  { answer: 'authentik-inactive', provider: authentik({ url: acme, slug: 'orders' }), outcome: 'inactive' },
  { answer: 'oidc-provider-structured-token', provider: logto({ url: acme }), outcome: 'inactive' },
  { answer: 'oidc-provider-wants-jwt', provider: oidcProvider({ issuer: acme }), outcome: 'ERR_TRANSPORT_STATUS' },
  {
    answer: 'oidc-provider-refresh-token',
    provider: logto({ url: 'https://acme.logto.app' }),
    outcome: 'active',
    guard: 'token_kind',
  },
  ...(['janssen-nulls', 'janssen-empty-scope'] as const).map((answer) => ({
    answer,
    provider: janssen({ issuer: 'https://janssen.server.host' }),
    outcome: 'active',
    absent: ['sub', 'nbf', 'cnf', 'jti', 'username', 'acr_values'],
    guard: 'allowed',
  })),
  { answer: 'janssen-nulls', provider: gluu({ issuer: acme }), outcome: 'ERR_RESPONSE_UNTRUSTED' },
  { answer: 'janssen-nulls', provider: wso2({ url: acme }), outcome: 'ERR_RESPONSE_MALFORMED' },
  {
    answer: 'janssen-dpop',
    provider: janssen({ issuer: acme }),
    outcome: 'active',
    members: { nbf: 1_668_781_885, cnf: { jkt: '0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I' } },
    guard: 'confirmation',
  },
  { answer: 'gluu-inactive-with-claims', provider: gluu({ issuer: acme }), outcome: 'inactive' },
  {
    answer: 'gluu-scope-array',
    provider: gluu({ issuer: acme }),
    outcome: 'active',
    members: { scope: 'openid profile' },
    guard: 'allowed',
  },
  {
    answer: 'uaa-access-token',
    provider: uaa({ url: 'https://uaa.example.com' }),
    outcome: 'active',
    members: { scope: 'orders.read uaa.user', username: 'marissa', aud: ['orders'] },
    guard: 'allowed',
  },
  { answer: 'uaa-access-token', provider: uaa({ url: acme }), outcome: 'ERR_RESPONSE_UNTRUSTED' },
  { answer: 'uaa-inactive', provider: uaa({ url: acme }), outcome: 'inactive' },
  { answer: 'uaa-wrong-method', provider: uaa({ url: acme }), outcome: 'ERR_TRANSPORT_STATUS' },
  {
    answer: 'wso2-access-token',
    provider: wso2({ url: acme }),
    outcome: 'active',
    members: { username: 'admin@carbon.super' },
    guard: 'allowed',
  },
  {
    answer: 'wso2-actor',
    provider: wso2({ url: 'https://localhost:9443' }),
    outcome: 'active',
    members: { act: { sub: 'dummyActor' }, aut: 'APPLICATION_USER' },
    guard: 'confirmation',
  },
  { answer: 'wso2-tenant', provider: wso2({ url: acme, tenant: 'foo.com' }), outcome: 'active', guard: 'allowed' },
  { answer: 'wso2-broken-json', provider: wso2({ url: acme }), outcome: 'ERR_RESPONSE_MALFORMED' },
  {
    answer: 'wso2-relative-nbf',
    provider: wso2({ url: acme }),
    outcome: 'active',
    members: { nbf: 3272 },
    guard: 'allowed',
  },
  { answer: 'wso2-inactive', provider: wso2({ url: acme }), outcome: 'inactive' },
  {
    answer: 'doorkeeper-access-token',
    provider: doorkeeper({ url: acme, version: 6 }),
    outcome: 'active',
    guard: 'allowed',
  },
  {
    answer: 'doorkeeper-refresh-token',
    provider: doorkeeper({ url: acme, version: 6 }),
    outcome: 'active',
    guard: 'token_kind',
  },
  // Version 5 sends this for refresh tokens as well.
  { answer: 'doorkeeper-access-token', provider: doorkeeper({ url: acme }), outcome: 'active', guard: 'token_kind' },
  {
    answer: 'fusionauth-milliseconds',
    provider: fusionauth({ url: acme, issuer: 'acme.com' }),
    outcome: 'active',
    members: { exp: 1_487_975_407, iat: 1_487_971_807, roles: ['admin'] },
    guard: 'allowed',
    at: 1_487_975_000,
  },
  {
    answer: 'fusionauth-milliseconds',
    provider: fusionauth({ url: acme, issuer: 'acme.com' }),
    outcome: 'inactive',
    at: 1_487_975_500,
  },
  {
    answer: 'fusionauth-milliseconds',
    provider: fusionauth({ url: acme, issuer: 'other.example' }),
    outcome: 'ERR_RESPONSE_UNTRUSTED',
    at: 1_487_975_000,
  },
  {
    answer: 'workos-access-token',
    provider: workos({ domain: 'acme.authkit.app' }),
    outcome: 'active',
    members: { aud: 'client_123456789' },
    guard: 'allowed',
  },
  {
    answer: 'stytch-access-token',
    provider: stytch({ domain: 'acme.customers.stytch.dev' }),
    outcome: 'active',
    members: { aud: ['PROJECT_ID'] },
    guard: 'allowed',
  },
  {
    answer: 'sap-access-token',
    provider: sap({ domain: 'my-tenant.accounts.ondemand.com', clientId: 'orders-api' }),
    outcome: 'active',
    members: { username: 'P12345', iat: 158_801_376 },
    guard: 'allowed',
  },
  { answer: 'sap-inactive', provider: sap({ domain: 'a.example.com', clientId: 'orders-api' }), outcome: 'inactive' },
  {
    answer: 'salesforce-access-token',
    provider: salesforce({ domain: 'acme.my.salesforce.com' }),
    outcome: 'active',
    members: { scope: 'id refresh_token openid' },
    guard: 'allowed',
  },
  {
    answer: 'mitreid-without-expiry',
    provider: mitreid({ issuer: `${acme}/` }),
    outcome: 'active',
    members: { username: 'name' },
    absent: ['exp', 'user_id'],
    guard: 'allowed',
  },
  {
    answer: 'mitreid-permissions',
    provider: mitreid({ issuer: `${acme}/` }),
    outcome: 'active',
    members: { permissions: [{ resource_id: '1', resource_scopes: ['bar', 'foo'] }] },
    guard: 'allowed',
  },
  {
    answer: 'key-bridge-access-token',
    provider: keyBridgeSts({ url: 'https://server.example.com' }),
    outcome: 'active',
    members: { extended_claims: {}, extension_field: 'twenty-seven' },
    guard: 'allowed',
  },
  { answer: 'key-bridge-unknown-token', provider: keyBridgeSts({ url: acme }), outcome: 'inactive' },
  { answer: 'key-bridge-unknown-token', provider: wso2({ url: acme }), outcome: 'ERR_TRANSPORT_UNAUTHORIZED' },
]

/** The answer as the server would send it, and its metadata when the client fetches them. */
function answering({ status, contentType = 'application/json', body }: VendorAnswer, issuer: string | undefined) {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  return async (_: string, { method }: RequestInit): Promise<Response> => {
    if (method === 'GET') return Response.json({ issuer, introspection_endpoint: new URL('/introspect', issuer).href })
    const content = text === '' ? null : text
    return new Response(content, { status, headers: { 'content-type': contentType } })
  }
}

function answerOf(id: string): VendorAnswer {
  const answer = vendorAnswers.get(id)
  if (answer === undefined) throw new Error(`no answer ${id}`)
  return answer
}

/** A moment at which the token of an answer is valid, by its own dates. */
function momentOf({ body }: VendorAnswer): number {
  const { exp } = (body ?? {}) as { exp?: number }
  return exp === undefined ? 1_764_000_000 : exp - 60
}

describe('documented answers', () => {
  test.each(rows)(
    '$answer of $provider.name: $outcome, $guard',
    async ({ answer: id, provider, outcome, members, absent, guard, at }) => {
      const answer = answerOf(id)
      await using client = new IntrospectionClient({
        provider,
        clientAuthentication: secret,
        transport: { fetch: answering(answer, provider.issuer) },
        now: () => (at ?? momentOf(answer)) * 1000,
      })
      const result = await client.introspect(token).catch((error: unknown) => error)
      expect(
        isIntrospectionError(result) ? result.code : (result as { active: boolean }).active ? 'active' : 'inactive',
      ).toBe(outcome)
      if (outcome === 'inactive') expect(result).toEqual({ active: false })
      if (members !== undefined) expect(result).toMatchObject(members)
      for (const name of absent ?? []) expect(result).not.toHaveProperty(name)
      if (guard === undefined) return
      const request = new Request('https://api.example.com', { headers: { authorization: `Bearer ${token}` } })
      const decision = await client.guard({ audience: false })(request)
      expect(decision.allowed ? 'allowed' : decision.reason).toBe(guard)
    },
  )

  test('are all in the table', () => {
    const looked = new Set([...rows.map(({ answer }) => answer), ...signed.map(([id]) => id)])
    expect([...vendorAnswers.keys()].filter((id) => !looked.has(id))).toEqual([])
  })
})

const signed: [string, Provider, string, object][] = [
  ['duende-signed', duende({ authority: 'https://localhost:5001' }), 'api1', { scope: 'api1', aud: ['api1'] }],
  [
    'janssen-signed',
    janssen({ issuer: 'https://as.example.com/' }),
    'https://rs.example.com/resource',
    { scope: 'read write dolphin', given_name: 'John' },
  ],
  [
    'pingam-signed',
    pingam({ url: 'https://am.example.com:8443/am', realm: 'alpha' }),
    'orders-api',
    { scope: 'profile', aud: ['myClient', 'api.example.com'] },
  ],
]

describe('documented claims of signed answers', () => {
  test.each(signed)('%s, signed with a test key', async (id, provider, audience, members) => {
    const key = await createKey('RS256')
    const { claims } = answerOf(id)
    const jwt = await sign(key, claims)
    await using client = new IntrospectionClient({
      provider,
      endpoint: 'https://as.example.com/introspect',
      clientAuthentication: secret,
      response: { jwt: { jwks: { keys: [key.published] }, audience } },
      transport: {
        fetch: async () => new Response(jwt, { headers: { 'content-type': 'application/token-introspection+jwt' } }),
      },
      now: () => Number(claims?.iat) * 1000,
    })
    expect(await client.introspect(token)).toMatchObject({ active: true, ...members })
  })
})
