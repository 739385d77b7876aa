/** The scope that challenges name: all that the operation needs, at once. */
import {
  clientSecretBasic,
  combineIssuers,
  type GuardOptions,
  IntrospectionClient,
  type PolicyOptions,
  type Refusal,
} from '@token-introspection/client'
import { parseChallenges } from '@token-introspection/core'
import { describe, expect, test } from 'vitest'

const audience = 'https://mcp.example.com/mcp'
const resourceMetadata = 'https://mcp.example.com/.well-known/oauth-protected-resource/mcp'
const published = { resourceMetadata }

function createClient(answer: object, policy: PolicyOptions = {}, issuer = 'https://as.example.com') {
  return new IntrospectionClient({
    issuer,
    endpoint: `${issuer}/introspect`,
    clientAuthentication: clientSecretBasic('mcp', 'secret'),
    transport: { fetch: () => Promise.resolve(Response.json(answer)) },
    policy: { audience, ...policy },
  })
}

const active = { active: true, aud: audience, scope: 'files:read' }

async function refusalOf(answer: object, options: GuardOptions, field: string | undefined = 'Bearer abc') {
  const decision = await createClient(answer).guard(options)(requestWith(field))
  if (decision.allowed) throw new Error('allowed')
  return decision
}

function requestWith(field: string | undefined): Request {
  return new Request(audience, { headers: field === undefined ? {} : { authorization: field } })
}

function parametersOf(refusal: Refusal) {
  return parseChallenges(refusal.headers['www-authenticate'] ?? '')?.map(({ parameters }) => parameters)
}

describe('a guard with metadata', () => {
  const scope = 'files:read files:write'

  test('MCP-05 names every scope of the operation, also those that the token has', async () => {
    const refusal = await refusalOf(active, { ...published, scope })
    expect(refusal.status).toBe(403)
    expect(parametersOf(refusal)).toMatchObject([
      { error: 'insufficient_scope', scope, resource_metadata: resourceMetadata },
    ])
  })

  test('MCP-05 names them to a client without a token, with no error', async () => {
    const refusal = await refusalOf(active, { ...published, scope }, '')
    expect([refusal.status, refusal.reason]).toEqual([401, 'token_absent'])
    expect(parametersOf(refusal)).toEqual([{ realm: 'protected resource', scope, resource_metadata: resourceMetadata }])
  })

  test.each([
    ['an inactive token', { active: false }, {}, 'invalid_token'],
    ['a token for another resource', { ...active, aud: 'urn:other' }, {}, 'invalid_token'],
    ['a refresh token', { ...active, token_type: 'refresh_token' }, {}, 'invalid_token'],
    [
      'a token of another issuer',
      { ...active, iss: 'https://as.example.com' },
      { issuer: 'https://b.example' },
      'invalid_token',
    ],
    ['a token that is bound to a key', { ...active, cnf: { jkt: 'a'.repeat(43) } }, {}, 'invalid_token'],
    [
      'a login that is too old',
      { ...active, scope },
      { maxAuthenticationAgeSeconds: 60 },
      'insufficient_user_authentication',
    ],
  ])('MCP-05 names them with 401 for %s', async (_, answer, options, error) => {
    const refusal = await refusalOf(answer, { ...published, scope, ...options })
    expect(refusal.status).toBe(401)
    expect(parametersOf(refusal)).toMatchObject([{ error, scope, resource_metadata: resourceMetadata }])
  })

  test('MCP-05 names the first of several lists', async () => {
    const refusal = await refusalOf(active, { ...published, scope: { anyOf: ['files:write b', 'admin'] } }, '')
    expect(parametersOf(refusal)).toMatchObject([{ scope: 'files:write b' }])
  })

  test.each([
    ['no scope', {}],
    ['a predicate', { scope: () => true }],
  ])('names no scope when it requires %s', async (_, options) => {
    const refusal = await refusalOf(active, { ...published, ...options }, '')
    expect(parametersOf(refusal)?.[0]).not.toHaveProperty('scope')
  })

  test.each([
    ['a broken request', { scope }, active, 'Bearer a b', 400],
    [
      'missing authorization details, because the scope is there',
      { scope: 'files:read', authorizationDetails: { type: 'payment' } },
      active,
      'Bearer abc',
      403,
    ],
  ] as const)('names no scope for %s', async (_, options, answer, field, status) => {
    const refusal = await refusalOf(answer, { ...published, ...options }, field)
    expect(refusal.status).toBe(status)
    expect(parametersOf(refusal)?.[0]).not.toHaveProperty('scope')
  })
})

test('a guard without metadata tells the scope only to the holder of a good token', async () => {
  const scope = 'files:write'
  expect(parametersOf(await refusalOf(active, { scope }, ''))).toEqual([{ realm: 'protected resource' }])
  expect(parametersOf(await refusalOf({ active: false }, { scope }))).toEqual([
    { realm: 'protected resource', error: 'invalid_token' },
  ])
  expect(parametersOf(await refusalOf(active, { scope }))).toMatchObject([{ error: 'insufficient_scope', scope }])
})

test('every scheme names the scope to a client without a token', async () => {
  const client = new IntrospectionClient({
    endpoint: 'https://as.example.com/introspect',
    clientAuthentication: clientSecretBasic('mcp', 'secret'),
    policy: { audience, dpop: { origin: 'https://mcp.example.com' } },
  })
  const decision = await client.guard({ ...published, scope: 'files:read' })(requestWith(undefined))
  expect(parametersOf(decision as Refusal)?.map((parameters) => parameters['scope'])).toEqual([
    'files:read',
    'files:read',
  ])
})

const guardFor = (partner: string) =>
  combineIssuers({
    issuers: {
      own: createClient({ active: false }),
      partner: createClient({ active: false }, {}, 'https://b.example'),
    },
    prefixes: { partner: 'pt_' },
    fallback: 'own',
  }).guard({ ...published, scope: 'files:read', issuers: { partner: { scope: partner } } })
const scopeFor = async (partner: string, field?: string) =>
  parametersOf((await guardFor(partner)(requestWith(field))) as Refusal)?.[0]?.['scope']

describe('several authorization servers', () => {
  test('name a scope without a token when it is the same for all', async () => {
    expect([await scopeFor('files:read'), await scopeFor('partner:files')]).toEqual(['files:read', undefined])
  })

  test('name for a token the scope of its server', async () => {
    expect([await scopeFor('partner:files', 'Bearer abc'), await scopeFor('partner:files', 'Bearer pt_abc')]).toEqual([
      'files:read',
      'partner:files',
    ])
  })
})
