/** The authorization specification of MCP, revision 2026-07-28, as far as it is about servers. */
import {
  clientSecretBasic,
  createProtectedResource,
  IntrospectionClient,
  type IntrospectionClientOptions,
  type ResourceGuardOptions,
} from '@token-introspection/client'
import { guardMcp } from '@token-introspection/client/mcp'
import { parseChallenges } from '@token-introspection/core'
import { describe, expect, test } from 'vitest'

const issuer = 'https://as.example.com'
const resource = 'https://mcp.example.com/mcp'
const documentUrl = 'https://mcp.example.com/.well-known/oauth-protected-resource/mcp'
const nowMs = 1_764_000_000_000
const good = { active: true, aud: resource, scope: 'files:read', sub: 'alice', exp: nowMs / 1000 + 60 }
const scopeImplications = { 'files:admin': ['files:write'], 'files:write': ['files:read'] }

/** A guarded server that answers every allowed request with the scopes of the token. */
function createServer(options: ResourceGuardOptions = {}, further: Partial<IntrospectionClientOptions> = {}) {
  let answer: object = good
  const asked: Request[] = []
  const handled: Request[] = []
  const introspection = new IntrospectionClient({
    issuer,
    endpoint: `${issuer}/introspect`,
    clientAuthentication: clientSecretBasic('mcp-server', 'secret'),
    transport: {
      fetch: (url, init) => {
        asked.push(new Request(url, init))
        return Promise.resolve(Response.json(answer))
      },
    },
    now: () => nowMs,
    ...further,
  })
  const mcp = createProtectedResource({ resource })
  const handle = guardMcp(mcp.guard(introspection, { scope: 'files:read', ...options }), (request, { authInfo }) => {
    handled.push(request)
    return Response.json(authInfo.scopes)
  })
  return {
    asked,
    handled,
    metadata: mcp.metadata,
    fetch: async (request: Request) => mcp.handle(request) ?? (await handle(request)),
    /** Asks with a token about which the authorization server gives this answer. */
    call: (answered: object, field: string | undefined = 'Bearer abc') => {
      answer = answered
      const headers = field === undefined ? undefined : { authorization: field }
      return handle(new Request(resource, { method: 'POST', ...(headers && { headers }) }))
    },
  }
}

function challengeOf(response: Response) {
  return parseChallenges(response.headers.get('www-authenticate') ?? '')?.[0]?.parameters
}

function createStating(scopes: string[]) {
  return createProtectedResource({ resource, metadata: { scopes_supported: scopes } })
}

describe('discovery', () => {
  test('MCP-01 the challenge of 401 leads to the document, and the document to the authorization server', async () => {
    const server = createServer()
    const refused = await server.fetch(new Request(resource, { method: 'POST' }))
    expect([refused.status, challengeOf(refused)?.['resource_metadata']]).toEqual([401, documentUrl])
    const document = await server.fetch(new Request(documentUrl))
    expect(await document.json()).toMatchObject({
      resource,
      authorization_servers: [issuer],
      scopes_supported: ['files:read'],
      bearer_methods_supported: ['header'],
    })
  })

  test('MCP-01 the challenge of 403 names the document too', async () => {
    const refused = await createServer().call({ ...good, scope: 'other' })
    expect([refused.status, challengeOf(refused)?.['resource_metadata']]).toEqual([403, documentUrl])
  })
})

describe('tokens', () => {
  test.each([
    ['another server', 'https://mcp.example.com/other'],
    ['the authorization server', issuer],
    ['the same host', 'https://mcp.example.com'],
    ['nobody', undefined],
  ])('MCP-02 for %s are refused with 401', async (_, aud) => {
    const server = createServer()
    const refused = await server.call({ ...good, aud })
    expect([refused.status, challengeOf(refused)?.['error']]).toEqual([401, 'invalid_token'])
    expect(server.handled).toEqual([])
  })

  test.each([
    ['are not active', { active: false }],
    ['have expired', { ...good, exp: nowMs / 1000 - 60 }],
  ])('MCP-03 that %s are refused with 401', async (_, answer) => {
    const refused = await createServer().call(answer)
    expect([refused.status, challengeOf(refused)?.['error']]).toEqual([401, 'invalid_token'])
  })

  test('MCP-04 get 401 when absent, 403 when they lack scope, and 400 when the request is malformed', async () => {
    const server = createServer()
    const statuses = [
      await server.call(good, ''),
      await server.call({ ...good, scope: 'other' }),
      await server.call(good, 'Bearer a b'),
      await server.call(good, 'Bearer abc, Bearer def'),
    ].map(({ status }) => status)
    expect(statuses).toEqual([401, 403, 400, 400])
    expect(server.handled).toEqual([])
  })

  test('MCP-08 in the query are not read', async () => {
    const server = createServer()
    const refused = await server.fetch(new Request(`${resource}?access_token=abc`, { method: 'POST' }))
    expect(refused.status).toBe(401)
    expect(server.asked).toEqual([])
  })

  test('MCP-09 are judged with every request, whatever session the request names', async () => {
    const server = createServer()
    expect((await server.call(good)).status).toBe(200)
    const headers = { 'mcp-session-id': 'session-of-alice', authorization: 'Bearer abc' }
    expect((await server.call({ active: false })).status).toBe(401)
    expect((await server.fetch(new Request(resource, { headers }))).status).toBe(401)
    delete (headers as Partial<typeof headers>).authorization
    expect((await server.fetch(new Request(resource, { headers }))).status).toBe(401)
    expect(server.handled).toHaveLength(1)
  })
})

describe('scope hierarchies', () => {
  const options = { scope: 'files:read files:share', scopeImplications }

  test.each([
    ['the scopes themselves', 'files:read files:share', 200],
    ['a broader scope', 'files:share files:write', 200],
    ['a scope that is broader by two steps', 'files:admin files:share', 200],
    ['a broader scope alone', 'files:admin', 403],
    ['a scope that begins like a broader one', 'files:share files:writer', 403],
    ['no scope', '', 403],
  ])('MCP-06 %s: %s is answered with %i', async (_, scope, status) => {
    expect((await createServer(options).call({ ...good, scope })).status).toBe(status)
  })

  test('MCP-06 a narrow scope is not enough for a broader one', async () => {
    const server = createServer({ scope: 'files:write', scopeImplications })
    expect((await server.call({ ...good, scope: 'files:read' })).status).toBe(403)
  })

  test('MCP-06 hold for several lists, and for predicates', async () => {
    for (const scope of [
      { anyOf: ['x', 'files:read'] },
      (granted: readonly string[]) => granted.includes('files:read') && granted.includes('files:admin'),
    ]) {
      const server = createServer({ scope, scopeImplications })
      expect((await server.call({ ...good, scope: 'files:admin' })).status).toBe(200)
      expect((await server.call({ ...good, scope: 'other' })).status).toBe(403)
    }
  })

  test('MCP-06 are inherited from the client, and replaced by those of a guard', async () => {
    const further = { policy: { scopeImplications: { broad: ['files:read'] } } }
    expect((await createServer({}, further).call({ ...good, scope: 'broad' })).status).toBe(200)
    expect((await createServer({ scopeImplications: {} }, further).call({ ...good, scope: 'broad' })).status).toBe(403)
  })

  test('MCP-06 leave the challenge at the least scopes that are enough, all of them', async () => {
    const refused = await createServer(options).call({ ...good, scope: 'files:admin' })
    expect(challengeOf(refused)).toMatchObject({ error: 'insufficient_scope', scope: options.scope })
  })

  test('MCP-06 the detail of a refusal names what would have been enough', async () => {
    const introspection = new IntrospectionClient({
      endpoint: `${issuer}/introspect`,
      clientAuthentication: clientSecretBasic('mcp-server', 'secret'),
      transport: { fetch: () => Promise.resolve(Response.json({ ...good, scope: 'other' })) },
      now: () => nowMs,
      policy: { audience: resource, scopeImplications },
    })
    const detailOf = async (scope: string) => {
      const decision = await introspection.guard({ scope })(
        new Request(resource, { headers: { authorization: 'Bearer abc' } }),
      )
      return decision.allowed ? undefined : decision.detail
    }
    expect(await detailOf('files:read files:share')).toBe(
      'unexpected scope "other", expected "files:read files:share", or what implies it: "files:admin files:write"',
    )
    expect(await detailOf('files:admin')).toBe('unexpected scope "other", expected "files:admin"')
  })
})

describe('offline_access', () => {
  const message = /must not name offline_access, which asks the authorization server for a refresh token/

  test.each(['offline_access', 'files:read offline_access', { anyOf: ['files:read', 'b offline_access'] }])(
    'MCP-07 cannot be required by a guard, so no challenge and no document names it: %o',
    (scope) => {
      expect(() => createServer({ scope })).toThrow(TypeError)
      expect(() => createServer({ scope })).toThrow(/^guard\.scope: /)
      expect(() => createServer({ scope })).toThrow(message)
    },
  )

  test('MCP-07 cannot be stated in scopes_supported', () => {
    const stated = ['files:read', 'offline_access']
    expect(() => createStating(stated)).toThrow(TypeError)
    expect(() => createStating(stated)).toThrow(/^metadata\.scopes_supported: must not name/)
    expect(createStating(['offline_access:files']).metadata.scopes_supported).toEqual(['offline_access:files'])
  })

  test('MCP-07 does no harm in a token', async () => {
    const response = await createServer().call({ ...good, scope: 'offline_access files:read' })
    expect(await response.json()).toEqual(['offline_access', 'files:read'])
  })
})
