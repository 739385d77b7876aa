import {
  clientSecretBasic,
  combineIssuers,
  createProtectedResource,
  IntrospectionClient,
  type IntrospectionClientOptions,
  type ProtectedResourceOptions,
  type ResourceGuardOptions,
} from '@token-introspection/client'
import { parseProtectedResourceMetadata, protectedResourceMetadataSchema } from '@token-introspection/core'
import { describe, expect, test } from 'vitest'

const issuer = 'https://as.example.com'
const resource = 'https://api.example.com/orders'
const path = '/.well-known/oauth-protected-resource/orders'

function createClient(options: Partial<IntrospectionClientOptions> = {}) {
  return new IntrospectionClient({ issuer, clientAuthentication: clientSecretBasic('api', 'secret'), ...options })
}

async function fetchDocument(options: Partial<ProtectedResourceOptions>, url: string): Promise<unknown> {
  const response = createProtectedResource({ resource, ...options }).handle(new Request(url))
  return response?.json()
}

/** The document about these guards of a client. */
function describeGuards(client: IntrospectionClient, ...guards: ResourceGuardOptions[]) {
  const orders = createProtectedResource({ resource })
  for (const options of guards) orders.guard(client, options)
  return orders.metadata
}

describe('the URL of the document', () => {
  test.each([
    ['https://api.example.com', 'https://api.example.com/.well-known/oauth-protected-resource'],
    ['https://api.example.com/', 'https://api.example.com/.well-known/oauth-protected-resource'],
    ['https://api.example.com/a/b', 'https://api.example.com/.well-known/oauth-protected-resource/a/b'],
    ['https://api.example.com/a/', 'https://api.example.com/.well-known/oauth-protected-resource/a/'],
    ['https://api.example.com/a?t=1', 'https://api.example.com/.well-known/oauth-protected-resource/a?t=1'],
  ])('PRM-02 for %s is %s, and the document is there', async (each, url) => {
    expect(createProtectedResource({ resource: each }).url).toBe(url)
    expect(await fetchDocument({ resource: each }, url)).toEqual({ resource: each })
  })

  test.each([
    `https://api.example.com/orders/.well-known/oauth-protected-resource`,
    `https://api.example.com/.well-known/oauth-protected-resource`,
    `https://api.example.com${path}/`,
    `https://api.example.com${path}/more`,
    `https://api.example.com${path}?tenant=2`,
    'https://api.example.com/orders',
  ])('PRM-02 is not %s', async (url) => {
    expect(await fetchDocument({}, url)).toBeUndefined()
  })

  test('PRM-02 works behind a proxy with any host', async () => {
    expect(await fetchDocument({}, `http://10.0.0.7:8080${path}`)).toEqual({ resource })
  })
})

describe('the resource in the document', () => {
  test.each(['https://api.example.com', 'https://api.example.com/', 'https://API.example.com/Orders/', resource])(
    'PRM-03 is %s as it was configured, and readers accept only this spelling',
    async (each) => {
      const orders = createProtectedResource({ resource: each })
      const document = await orders.handle(new Request(orders.url))?.json()
      expect(parseProtectedResourceMetadata(document, each)).toEqual({ resource: each })
      expect(() => parseProtectedResourceMetadata(document, `${each}/`)).toThrow()
    },
  )

  test.each(['http://api.example.com/orders', `${resource}#a`])('PRM-03 cannot be %s', (each) => {
    expect(() => createProtectedResource({ resource: each })).toThrow(/^resource: /)
  })
})

describe('the response', () => {
  test.each(['GET', 'HEAD'])('PRM-04 to %s is 200 with JSON and needs no credentials', async (method) => {
    const orders = createProtectedResource({ resource, maxAgeSeconds: 60 })
    const response = orders.handle(new Request(orders.url, { method }))
    expect(response?.status).toBe(200)
    expect(Object.fromEntries(response?.headers ?? [])).toEqual({
      'access-control-allow-origin': '*',
      'cache-control': 'public, max-age=60',
      'content-type': 'application/json',
    })
    expect(await response?.text()).toBe(method === 'GET' ? JSON.stringify({ resource }) : '')
  })

  test.each(['POST', 'PUT', 'DELETE', 'get'])('to %s is 405', (method) => {
    const response = createProtectedResource({ resource }).respond(method, path)
    expect(response).toMatchObject({ status: 405, headers: { allow: 'GET, HEAD, OPTIONS' }, body: '' })
  })

  test('to a preflight allows scripts with custom fields', () => {
    const orders = createProtectedResource({ resource })
    const headers = { origin: 'https://app.example', 'access-control-request-method': 'GET' }
    const response = orders.handle(new Request(orders.url, { method: 'OPTIONS', headers }))
    expect(response?.status).toBe(204)
    expect(response?.headers.get('access-control-allow-origin')).toBe('*')
    expect(response?.headers.get('access-control-allow-headers')).toBe('*')
    expect(response?.headers.get('access-control-allow-credentials')).toBeNull()
  })

  test('is available as plain data', () => {
    const orders = createProtectedResource({ resource })
    expect(orders.respond('GET', path)).toMatchObject({ status: 200, body: JSON.stringify({ resource }) })
    expect(orders.respond('GET', '/orders')).toBeUndefined()
  })

  test('PRM-04 has no empty lists, except the one with a meaning', async () => {
    const metadata = { scopes_supported: [], resource_signing_alg_values_supported: [], extra: [] }
    expect(await fetchDocument({ metadata, authorizationServers: [] }, `https://api.example.com${path}`)).toEqual({
      resource,
    })
    const none = { metadata: { bearer_methods_supported: [] } }
    expect(await fetchDocument(none, `https://api.example.com${path}`)).toEqual({
      resource,
      bearer_methods_supported: [],
    })
  })
})

describe('the content of the document', () => {
  test('PRM-05 describes the guards', () => {
    const client = createClient({ token: { sources: ['header', 'form'] } })
    const payment = { scope: 'orders:pay', authorizationDetails: { type: 'payment' } }
    expect(describeGuards(client, { scope: 'orders:read' }, payment)).toEqual({
      resource,
      authorization_servers: [issuer],
      scopes_supported: ['orders:read', 'orders:pay'],
      bearer_methods_supported: ['header', 'body'],
      authorization_details_types_supported: ['payment'],
    })
  })

  test('PRM-05 says that a guard requires DPoP', () => {
    const client = createClient({ policy: { dpop: { origin: 'https://api.example.com', algorithms: ['ES256'] } } })
    expect(describeGuards(client, { senderConstraint: 'dpop' })).toMatchObject({
      bearer_methods_supported: [],
      dpop_bound_access_tokens_required: true,
      dpop_signing_alg_values_supported: ['ES256'],
    })
    const mixed = describeGuards(client, { senderConstraint: 'dpop' }, {})
    expect(mixed).toMatchObject({
      bearer_methods_supported: ['header'],
      dpop_signing_alg_values_supported: ['ES256'],
    })
    expect(mixed).not.toHaveProperty('dpop_bound_access_tokens_required')
  })

  test('PRM-05 names certificates when the guards accept them', () => {
    const member = 'tls_client_certificate_bound_access_tokens'
    expect(describeGuards(createClient({ policy: { certificate: true } }), {})).toHaveProperty(member, true)
    expect(describeGuards(createClient(), {})).not.toHaveProperty(member)
  })

  test('PRM-05 describes the guards of several authorization servers', () => {
    const other = 'https://other.example.com'
    const algorithms = ['ES256', 'PS256'] as const
    const issuers = combineIssuers({
      issuers: {
        one: createClient({ policy: { dpop: { origin: 'https://api.example.com', algorithms }, certificate: true } }),
        issuers: createClient({
          issuer: other,
          policy: { dpop: { origin: 'https://api.example.com', algorithms: ['PS256'] } },
        }),
      },
    })
    const orders = createProtectedResource({ resource })
    orders.guard(issuers, { scope: 'a', issuers: { issuers: { scope: 'b' } } })
    expect(orders.metadata).toEqual({
      resource,
      authorization_servers: [issuer, other],
      scopes_supported: ['a', 'b'],
      bearer_methods_supported: ['header'],
      dpop_signing_alg_values_supported: ['PS256'],
    })
    const wrong = { issuers: { one: { audience: 'https://other.example.com' } } }
    expect(() => orders.guard(issuers, wrong)).toThrow(/^guard\.issuers\.one\.audience: /)
    const listed = createProtectedResource({ resource, authorizationServers: ['https://third.example.com'] })
    expect(() => listed.guard(issuers)).toThrow(/^authorizationServers: /)
  })

  test.each([
    ['query tokens when no guard accepts them', { bearer_methods_supported: ['query'] }],
    ['no bearer tokens when the guards accept them', { bearer_methods_supported: [] }],
    ['required DPoP when no guard requires it', { dpop_bound_access_tokens_required: true }],
    ['algorithms that no guard verifies', { dpop_signing_alg_values_supported: ['ES256'] }],
    ['certificates when no guard accepts them', { tls_client_certificate_bound_access_tokens: true }],
  ])('PRM-05 cannot claim %s', (_, metadata) => {
    const orders = createProtectedResource({ resource, metadata })
    expect(() => orders.guard(createClient())).toThrow(`metadata.${Object.keys(metadata)[0]}: `)
  })

  test('PRM-05 cannot name an authorization server whose tokens are refused', () => {
    const orders = createProtectedResource({ resource, authorizationServers: ['https://other.example.com'] })
    expect(() => orders.guard(createClient())).toThrow(/^authorizationServers: /)
  })

  test.each([
    ['the algorithm none', { resource_signing_alg_values_supported: ['none'] }],
    ['keys over http', { jwks_uri: 'http://api.example.com/jwks' }],
  ])('PRM-06 cannot be %s', (_, metadata) => {
    expect(() => createProtectedResource({ resource, metadata })).toThrow(/^metadata: /)
  })

  test('fits the schema of core', () => {
    const client = createClient()
    expect(protectedResourceMetadataSchema.safeParse(describeGuards(client, { scope: 'a' })).success).toBe(true)
  })
})

describe('challenges', () => {
  test.each([
    ['no token', undefined, 'token_absent'],
    ['a broken token', 'Bearer a b', 'request_malformed'],
  ] as const)('PRM-01 name the document to a client that sends %s', async (_, authorization, reason) => {
    const orders = createProtectedResource({ resource })
    const guard = orders.guard(createClient(), { scope: 'a' })
    const decision = await guard(
      new Request(resource, { headers: authorization === undefined ? {} : { authorization } }),
    )
    if (decision.allowed) throw new Error('allowed')
    expect(decision.reason).toBe(reason)
    expect(decision.headers['www-authenticate']).toContain(`resource_metadata="${orders.url}"`)
  })
})
