/** The adapter for MCP servers: as a gate before web requests, and as a verifier for the middleware of the SDK. */
import { IncomingMessage, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import { InsufficientScopeError, InvalidTokenError } from '@modelcontextprotocol/sdk/server/auth/errors.js'
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import { requireBearerAuth } from '@modelcontextprotocol/sdk/server/auth/middleware/bearerAuth.js'
import type { OAuthTokenVerifier } from '@modelcontextprotocol/sdk/server/auth/provider.js'
import type { AuthInfo } from '@modelcontextprotocol/sdk/server/auth/types.js'
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js'
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js'
import {
  clientSecretBasic,
  type GuardOptions,
  IntrospectionClient,
  type IntrospectionClientOptions,
} from '@token-introspection/client'
import { expressGuard } from '@token-introspection/client/express'
import {
  createMcpGate,
  createTokenVerifier,
  guardMcp,
  mcpExpressGuard,
  mcpNodeGuard,
} from '@token-introspection/client/mcp'
import express from 'express'
import { calculateJwkThumbprint, exportJWK, generateKeyPair, SignJWT } from 'jose'
import { describe, expect, onTestFinished, test } from 'vitest'
import { serveListener } from '../loopback-server.ts'

const resource = 'https://mcp.example.com/mcp'
const now = Math.floor(Date.now() / 1000)
const good = { active: true, client_id: 'app', sub: 'alice', aud: resource, scope: 'a b', exp: now + 600, tenant: 7 }
const DEVICE_SECRET = 'urn:x-oath:params:oauth:token-type:device-secret'
const errors = { InsufficientScopeError, InvalidTokenError }

function createGuard(
  answer: () => Response | Promise<Response>,
  options: GuardOptions = {},
  further: Partial<IntrospectionClientOptions> = {},
) {
  const introspection = new IntrospectionClient({
    endpoint: 'https://as.example.com/introspect',
    clientAuthentication: clientSecretBasic('mcp', 'secret'),
    transport: { fetch: async () => answer() },
    ...further,
  })
  return introspection.guard({ audience: resource, ...options })
}

const answering = (body: object, options?: GuardOptions) => createGuard(() => Response.json(body), options)

function call(authorization?: string, headers: Record<string, string> = {}) {
  return new Request(resource, {
    method: 'POST',
    headers: { ...(authorization !== undefined && { authorization }), ...headers },
  })
}

/** The token that the gate accepts. */
async function passed(body: object, options: object = {}): Promise<AuthInfo> {
  const authInfo = await createMcpGate(answering(body), options)(call('Bearer abc'))
  if (authInfo instanceof Response) throw new Error(`refused: ${authInfo.status}`)
  return authInfo
}

/** A new key, with proofs for requests with the token `abc`. */
async function createProver() {
  const { publicKey, privateKey } = await generateKeyPair('ES256')
  const jwk = await exportJWK(publicKey)
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode('abc'))
  const ath = Buffer.from(digest).toString('base64url')
  return {
    jkt: await calculateJwkThumbprint(jwk),
    prove: (nonce?: string, iat = Math.floor(Date.now() / 1000)) =>
      new SignJWT({ htm: 'POST', htu: resource, jti: crypto.randomUUID(), ath, ...(nonce !== undefined && { nonce }) })
        .setProtectedHeader({ alg: 'ES256', typ: 'dpop+jwt', jwk })
        .setIssuedAt(iat)
        .sign(privateKey),
  }
}

describe('authInfo', () => {
  test('gives the members of the answer under the names of the SDK', async () => {
    const authInfo = await passed(good)
    expect(authInfo).toEqual({
      token: 'abc',
      clientId: 'app',
      scopes: ['a', 'b'],
      expiresAt: good.exp,
      resource: new URL(resource),
      extra: good,
    })
  })

  test('leaves out what the answer does not have, and makes up no expiry', async () => {
    const authInfo = await passed({ active: true, aud: resource })
    expect(authInfo).toEqual({
      token: 'abc',
      clientId: '',
      scopes: [],
      resource: new URL(resource),
      extra: { active: true, aud: resource },
    })
  })

  test.each([
    ['the one that the option names, of several', [`${resource}/other`, resource], { resource }, resource],
    ['undefined, when there are several', [`${resource}/other`, resource], {}, undefined],
    [
      'undefined, when the token is not for the named one',
      [resource, 'urn:other'],
      { resource: 'https://else.example.com' },
      undefined,
    ],
    ['the only one', [resource], {}, resource],
  ])('gives as resource %s', async (_, aud, options, expected) => {
    expect((await passed({ ...good, aud }, options)).resource?.href).toBe(expected)
  })

  test('gives no resource when the audience is not a URL', async () => {
    const guard = createGuard(() => Response.json({ ...good, aud: 'mcp' }), { audience: 'mcp' })
    expect(await createMcpGate(guard)(call('Bearer abc'))).not.toHaveProperty('resource')
  })

  test.each(['Bearer abc', 'bearer  abc', 'BEARER abc'])('gives the token of %o without its scheme', async (field) => {
    expect(await createMcpGate(answering(good))(call(field))).toMatchObject({ token: 'abc' })
  })

  test('does not use credentials of another scheme as the token', async () => {
    const introspection = new IntrospectionClient({
      endpoint: 'https://as.example.com/introspect',
      clientAuthentication: clientSecretBasic('mcp', 'secret'),
      token: { sources: ['header', 'query'] },
      transport: { fetch: () => Promise.resolve(Response.json(good)) },
    })
    const gate = createMcpGate(introspection.guard({ audience: resource }))
    const request = new Request(`${resource}?access_token=abc`, { headers: { authorization: 'Basic c2VjcmV0' } })
    expect(await gate(request)).toMatchObject({ token: 'abc', clientId: 'app' })
  })
})

describe('the gate', () => {
  test('accepts a token without exp, which the middleware of the SDK refuses', async () => {
    expect(await passed({ ...good, exp: undefined })).not.toHaveProperty('expiresAt')
  })

  test.each([
    ['no token', undefined, good, {}, 401],
    ['a broken token', 'Bearer a b', good, {}, 400],
    ['an inactive token', 'Bearer abc', { active: false }, {}, 401],
    ['a token for another server', 'Bearer abc', { ...good, aud: 'https://other.example.com' }, {}, 401],
    ['a token of another kind', 'Bearer abc', { ...good, token_use: 'refresh_token' }, {}, 401],
    [
      'a device secret of Okta',
      'Bearer abc',
      { ...good, token_type: DEVICE_SECRET },
      { audience: false as const },
      401,
    ],
    ['a key-bound token without its proof', 'Bearer abc', { ...good, cnf: { jkt: 'x'.repeat(43) } }, {}, 401],
    ['too little scope', 'Bearer abc', good, { scope: 'c' }, 403],
    ['a login that is too weak', 'Bearer abc', good, { acrValues: 'gold' }, 401],
  ])('answers %s itself', async (_, field, body, options, status) => {
    const resourceMetadata = 'https://mcp.example.com/.well-known/oauth-protected-resource/mcp'
    const answer = await createMcpGate(answering(body, { ...options, resourceMetadata }))(call(field))
    if (!(answer instanceof Response)) throw new Error('passed')
    expect(answer.status).toBe(status)
    expect(answer.headers.get('www-authenticate')).toContain(`resource_metadata="${resourceMetadata}"`)
  })

  test.each([
    ['is down', () => new Response('', { status: 503, headers: { 'retry-after': '7' } }), 503, '7'],
    ['cannot be reached', () => Promise.reject(new TypeError('fetch failed')), 503, null],
    ["refuses the client's credentials", () => Response.json({ error: 'invalid_client' }, { status: 401 }), 500, null],
  ])('does not call a token bad when the authorization server %s', async (_, answer, status, retryAfter) => {
    const response = await createMcpGate(createGuard(answer))(call('Bearer abc'))
    if (!(response instanceof Response)) throw new Error('passed')
    expect([response.status, response.headers.get('retry-after')]).toEqual([status, retryAfter])
    expect(response.headers.has('www-authenticate')).toBe(false)
  })

  test('accepts a key-bound token with a proof, and each proof once', async () => {
    const { jkt, prove } = await createProver()
    const policy = { dpop: { origin: 'https://mcp.example.com' }, senderConstraint: 'dpop' } as const
    const gate = createMcpGate(createGuard(() => Response.json({ ...good, cnf: { jkt } }), {}, { policy }))
    const dpop = await prove()
    expect(await gate(call('DPoP abc', { dpop }))).toMatchObject({ token: 'abc', clientId: 'app' })
    for (const [field, headers] of [
      ['DPoP abc', { dpop }],
      ['DPoP abc', {}],
      ['Bearer abc', {}],
    ] as const) {
      expect(await gate(call(field, headers))).toMatchObject({ status: 401 })
    }
  })
})

const preflight = () =>
  new Request(resource, {
    method: 'OPTIONS',
    headers: { origin: 'https://app.example.com', 'access-control-request-method': 'POST' },
  })

describe('a preflight', () => {
  test('gets neither a challenge nor the handler nor a CORS permission', async () => {
    const handle = guardMcp(answering(good), () => {
      throw new Error('handed on')
    })
    for (const response of [await handle(preflight()), await createMcpGate(answering(good))(preflight())]) {
      expect(response).toBeInstanceOf(Response)
      const { status, headers } = response as Response
      expect([status, [...headers]]).toEqual([204, []])
    }
  })

  test('needs preflight fields: any other OPTIONS request needs a token', async () => {
    const request = new Request(resource, { method: 'OPTIONS' })
    expect(await createMcpGate(answering(good))(request)).toMatchObject({ status: 401 })
  })
})

describe('guardMcp', () => {
  test('calls the handler only for requests that may pass', async () => {
    const seen: unknown[] = []
    const handle = guardMcp(answering(good), (request, options) => {
      seen.push(request.url, options)
      return new Response('done')
    })
    expect(await (await handle(call('Bearer abc'))).text()).toBe('done')
    expect((await handle(call())).status).toBe(401)
    expect(seen).toEqual([resource, { authInfo: expect.objectContaining({ token: 'abc' }) as AuthInfo }])
  })

  test('adds the headers of the guard, also to an immutable response', async () => {
    const { jkt, prove } = await createProver()
    const secret = 'a secret of thirty-two octets at least'
    const policy = { dpop: { origin: 'https://mcp.example.com', nonce: { secret, lifetimeSeconds: 10 } } }
    let time = Date.now()
    const guard = createGuard(() => Response.json({ ...good, cnf: { jkt } }), {}, { policy, now: () => time })
    const fixed = await fetch('data:text/plain,done')
    expect(() => fixed.headers.set('a', 'b')).toThrow(TypeError)
    const handle = guardMcp(guard, () => fixed)
    const refused = await handle(call('DPoP abc', { dpop: await prove() }))
    expect(refused.status).toBe(401)
    const nonce = refused.headers.get('dpop-nonce') ?? ''
    // After more than half of its lifetime, the server sends the next nonce.
    time += 6000
    const response = await handle(call('DPoP abc', { dpop: await prove(nonce) }))
    expect([response.status, await response.text()]).toEqual([200, 'done'])
    const next = response.headers.get('dpop-nonce') ?? ''
    expect(next).not.toBe('')
    expect(next).not.toBe(nonce)
  })

  test('does not catch an error of the handler', async () => {
    const handle = guardMcp(answering(good), () => Promise.reject(new Error('bug')))
    await expect(handle(call('Bearer abc'))).rejects.toThrow('bug')
  })
})

/** An MCP server with one tool, which returns the data it has about its caller. */
function createWhoami(): McpServer {
  const mcp = new McpServer({ name: 'orders', version: '1.0.0' })
  mcp.registerTool('whoami', { description: 'tells who the caller is' }, ({ authInfo = {} as AuthInfo }) => {
    const { token, clientId, scopes, expiresAt, resource: of, extra } = authInfo
    return {
      content: [{ type: 'text', text: JSON.stringify({ token, clientId, scopes, expiresAt, resource: of, extra }) }],
    }
  })
  return mcp
}

/** An MCP server in Express with that tool. */
async function serveInExpress(...middleware: express.RequestHandler[]) {
  const app = express()
  app.all('/mcp', ...middleware, express.json(), (request, response) => {
    const transport = new StreamableHTTPServerTransport({})
    createWhoami()
      .connect(transport)
      .then(() => transport.handleRequest(request, response, request.body))
      .catch((error: unknown) => response.destroy(error as Error))
  })
  const server = await serveListener(app)
  onTestFinished(() => server[Symbol.asyncDispose]())
  return new URL('/mcp', server.origin)
}

/** What a tool finds in `authInfo`, asked by the client of the SDK. */
async function whoami(url: URL): Promise<unknown> {
  const client = new Client({ name: 'app', version: '1.0.0' })
  await client.connect(
    new StreamableHTTPClientTransport(url, { requestInit: { headers: { authorization: 'Bearer abc' } } }),
  )
  onTestFinished(() => client.close())
  const { content } = (await client.callTool({ name: 'whoami', arguments: {} })) as { content: { text: string }[] }
  return JSON.parse(content[0]?.text ?? '')
}

const AUTH_INFO = { token: 'abc', clientId: 'app', scopes: ['a', 'b'], expiresAt: good.exp, resource, extra: good }

/** The middleware of the SDK. */
function bearerAuth(guard: ReturnType<typeof createGuard>): express.RequestHandler {
  return requireBearerAuth({ verifier: createTokenVerifier(guard, errors) })
}

describe('expressGuard and the SDK, which both write request.auth', () => {
  test.each<[string, (guard: ReturnType<typeof createGuard>) => express.RequestHandler[]]>([
    ['the guard alone', (guard) => [expressGuard(guard)]],
    ['the middleware of the SDK before the guard', (guard) => [bearerAuth(guard), expressGuard(guard)]],
    ['the guard before the middleware of the SDK', (guard) => [expressGuard(guard), bearerAuth(guard)]],
  ])('tools find all of authInfo behind %s', async (_, middleware) => {
    expect(await whoami(await serveInExpress(...middleware(answering(good))))).toEqual(AUTH_INFO)
  })

  test('scopes are those of the token, although the answer has a claim of that name', async () => {
    const claims = { scopes: 'admin', token: 'other', clientId: 'other', expiresAt: 7, resource: 'urn:other' }
    const url = await serveInExpress(expressGuard(answering({ ...good, ...claims })))
    expect(await whoami(url)).toEqual({ ...AUTH_INFO, extra: { ...good, ...claims } })
  })

  test('request.auth has the members of the answer, and its JSON has no token', async () => {
    const app = express().get(
      '/',
      expressGuard(answering(good)),
      (request, response) => void response.json(request.auth),
    )
    const server = await serveListener(app)
    onTestFinished(() => server[Symbol.asyncDispose]())
    const response = await fetch(server.origin, { headers: { authorization: 'Bearer abc' } })
    expect(await response.json()).toEqual(good)
  })

  test('another property has the token, and leaves request.auth to the SDK', async () => {
    const mayCall = expressGuard(answering(good), { property: 'caller' })
    const app = express().get('/', mayCall, (request, response) => {
      const { auth, caller } = request as { auth?: unknown; caller?: unknown }
      response.json([auth === undefined, caller === mayCall.tokenOf(request), caller])
    })
    const server = await serveListener(app)
    onTestFinished(() => server[Symbol.asyncDispose]())
    const response = await fetch(server.origin, { headers: { authorization: 'Bearer abc' } })
    expect(await response.json()).toEqual([true, true, good])
  })
})

describe('tokenOf', () => {
  test('gives the answer about the token, and refuses what comes from another guard', async () => {
    const gate = createMcpGate(answering(good))
    const authInfo = await gate(call('Bearer abc'))
    if (authInfo instanceof Response) throw new Error('refused')
    expect(gate.tokenOf(authInfo)).toEqual(good)
    expect(gate.tokenOf({ ...authInfo })).toEqual(good)
    const others = [
      createMcpGate(answering(good)),
      createTokenVerifier(answering(good), errors),
      mcpExpressGuard(answering(good)),
      mcpNodeGuard(answering(good), () => undefined),
    ]
    for (const { tokenOf } of others) expect(() => tokenOf(authInfo)).toThrow(/^authInfo: /)
    for (const wrong of [undefined, { ...authInfo, extra: undefined }, { ...authInfo, extra: { ...good } }]) {
      expect(() => gate.tokenOf(wrong as AuthInfo)).toThrow(/^authInfo: /)
    }
  })

  test('gives the answer to the handlers and tools of every form', async () => {
    const handle = guardMcp(answering(good), (_, { authInfo }) => Response.json(authInfo.extra))
    expect(await (await handle(call('Bearer abc'))).json()).toEqual(good)
    const verifier = createTokenVerifier(answering(good), errors)
    expect(verifier.tokenOf(await verifier.verifyAccessToken('abc'))).toEqual(good)
    const mayCall = mcpExpressGuard(answering(good))
    const app = express().get('/', mayCall, (request, response) => void response.json(mayCall.tokenOf(request.auth)))
    const server = await serveListener(app)
    onTestFinished(() => server[Symbol.asyncDispose]())
    expect(await (await fetch(server.origin, { headers: { authorization: 'Bearer abc' } })).json()).toEqual(good)
  })
})

describe('mcpExpressGuard before the transport of the SDK in Express', () => {
  test('gives tools the token data that the SDK calls authInfo', async () => {
    expect(await whoami(await serveInExpress(mcpExpressGuard(answering(good), { resource })))).toEqual(AUTH_INFO)
  })

  test('refuses with the challenge, and answers a preflight itself', async () => {
    const url = await serveInExpress(mcpExpressGuard(answering({ active: false })))
    const refused = await fetch(url, { method: 'POST', headers: { authorization: 'Bearer abc' } })
    expect([refused.status, refused.headers.get('www-authenticate')]).toEqual([
      401,
      expect.stringContaining('error="invalid_token"'),
    ])
    expect((await fetch(url, { method: 'OPTIONS', headers: preflight().headers })).status).toBe(204)
  })

  test('refuses a request without a token, even with an optional guard', async () => {
    const guard = createGuard(() => Response.json(good), { optional: true } as never)
    const request = new IncomingMessage(new Socket())
    const heard = await new Promise((resolve) => {
      mcpExpressGuard(guard)(request, new ServerResponse(request), resolve)
    })
    expect(heard).toBeInstanceOf(TypeError)
    await expect(createMcpGate(guard)(call())).rejects.toThrow(/^guard: /)
  })
})

/** An MCP server on `node:http` with the tool of {@link createWhoami}. */
async function serveOnNode(guard: ReturnType<typeof createGuard>, options: { resource?: string } = {}) {
  const listener = mcpNodeGuard(
    guard,
    (request, response) => {
      const transport = new StreamableHTTPServerTransport({})
      createWhoami()
        .connect(transport)
        .then(() => transport.handleRequest(request, response))
        .catch((error: unknown) => response.destroy(error as Error))
    },
    options,
  )
  const server = await serveListener((request, response) => void listener(request, response))
  onTestFinished(() => server[Symbol.asyncDispose]())
  return new URL('/mcp', server.origin)
}

describe('mcpNodeGuard before the transport of the SDK on node:http', () => {
  test('gives tools the token data that the SDK calls authInfo', async () => {
    expect(await whoami(await serveOnNode(answering(good), { resource }))).toEqual(AUTH_INFO)
  })

  test('refuses with the challenge, answers a preflight itself, and calls the handler for neither', async () => {
    const called: unknown[] = []
    const listener = mcpNodeGuard(answering({ active: false }), (request) => called.push(request.auth))
    const server = await serveListener((request, response) => void listener(request, response))
    onTestFinished(() => server[Symbol.asyncDispose]())
    const refused = await fetch(server.origin, { method: 'POST', headers: { authorization: 'Bearer abc' } })
    expect([refused.status, refused.headers.get('www-authenticate')]).toEqual([
      401,
      expect.stringContaining('error="invalid_token"'),
    ])
    expect((await fetch(server.origin, { method: 'OPTIONS', headers: preflight().headers })).status).toBe(204)
    expect(called).toEqual([])
  })

  test('refuses a request without a token, even with an optional guard', async () => {
    const guard = createGuard(() => Response.json(good), { optional: true } as never)
    const request = new IncomingMessage(new Socket())
    const listener = mcpNodeGuard(guard, () => {
      throw new Error('handed on')
    })
    expect(() => listener(request, new ServerResponse(request))).toThrow(/^guard: must not be optional/)
  })
})

describe('a DPoP proof', () => {
  const policy = { dpop: { origin: 'https://mcp.example.com' }, senderConstraint: 'dpop' } as const
  const WINDOW_SECONDS = 60
  const LEEWAY_SECONDS = 5

  /** The status of one request, a number of seconds after its proof was made. */
  async function statusAfter(
    seconds: number,
    form: (guard: ReturnType<typeof createGuard>) => Promise<URL> | undefined,
  ) {
    const { jkt, prove } = await createProver()
    const answer = () => Response.json({ ...good, cnf: { jkt } })
    const guard = createGuard(answer, {}, { policy, now: () => (now + seconds) * 1000 })
    const headers = { authorization: 'DPoP abc', dpop: await prove(undefined, now) }
    const url = await form(guard)
    const response =
      url === undefined
        ? await guardMcp(guard, () => new Response(null, { status: 406 }))(call('DPoP abc', headers))
        : await fetch(url, { method: 'POST', headers })
    return { status: response.status, challenge: response.headers.get('www-authenticate') }
  }

  // 406 is the answer of the transport to a request without `Accept`, so the guard has let it pass.
  test.each([
    ['web requests', () => undefined],
    ['Express', (guard: ReturnType<typeof createGuard>) => serveInExpress(mcpExpressGuard(guard))],
    ['node:http', (guard: ReturnType<typeof createGuard>) => serveOnNode(guard)],
  ] as const)('passes within its window, and not before or after it, with %s', async (_, form) => {
    for (const seconds of [0, WINDOW_SECONDS, 1 - LEEWAY_SECONDS]) {
      expect(await statusAfter(seconds, form), String(seconds)).toEqual({ status: 406, challenge: null })
    }
    for (const seconds of [WINDOW_SECONDS + LEEWAY_SECONDS + 2, -LEEWAY_SECONDS - 2]) {
      expect(await statusAfter(seconds, form), String(seconds)).toEqual({
        status: 401,
        challenge: expect.stringMatching(/^DPoP .*error="invalid_dpop_proof"/) as string,
      })
    }
  })
})

/** Sends a request to an Express app behind the middleware. */
async function ask(guard: ReturnType<typeof createGuard>, authorization: string | undefined = 'Bearer abc') {
  const verifier: OAuthTokenVerifier = createTokenVerifier(guard, { ...errors, resource })
  const app = express()
  app.get('/', requireBearerAuth({ verifier, expectedResource: new URL(resource) }), (incoming, response) => {
    response.json(incoming.auth)
  })
  const server = await serveListener(app)
  onTestFinished(() => server[Symbol.asyncDispose]())
  const response = await fetch(server.origin, { headers: { authorization } })
  const challenge = response.headers.get('www-authenticate')
  return { status: response.status, challenge, body: (await response.json()) as Record<string, unknown> }
}

describe('the verifier', () => {
  test('accepts a good token through the middleware of the SDK, for the expected resource', async () => {
    const several = { ...good, aud: ['urn:other', resource] }
    const { status, body } = await ask(answering(several))
    expect([status, body]).toEqual([
      200,
      { token: 'abc', clientId: 'app', scopes: ['a', 'b'], expiresAt: good.exp, resource, extra: several },
    ])
  })

  test.each([
    ['an inactive token', { active: false }, {}, 401, 'invalid_token'],
    ['a token for another server', { ...good, aud: 'https://other.example.com' }, {}, 401, 'invalid_token'],
    [
      'a device secret of Okta',
      { ...good, token_type: DEVICE_SECRET },
      { audience: false as const },
      401,
      'invalid_token',
    ],
    [
      'a key-bound token, because the SDK passes no proof',
      { ...good, cnf: { jkt: 'x'.repeat(43) } },
      {},
      401,
      'invalid_token',
    ],
    ['a login that is too weak', good, { acrValues: 'gold' }, 401, 'invalid_token'],
    ['too little scope', good, { scope: 'c' }, 403, 'insufficient_scope'],
    ['a token without exp, as the middleware requires', { ...good, exp: undefined }, {}, 401, 'invalid_token'],
  ])('refuses %s', async (_, body, options, status, error) => {
    expect(await ask(answering(body, options))).toMatchObject({
      status,
      challenge: expect.stringContaining(`error="${error}"`) as string,
      body: { error },
    })
  })

  test('refuses a token that could add another credential to the field', async () => {
    const verifier = createTokenVerifier(answering(good), errors)
    for (const token of ['a, Bearer b', 'a b', 'a"', '', 'a\r\nb']) {
      await expect(verifier.verifyAccessToken(token)).rejects.toBeInstanceOf(InvalidTokenError)
    }
  })

  test.each([
    ['is down', () => new Response('', { status: 503 })],
    ["refuses the client's credentials", () => Response.json({ error: 'invalid_client' }, { status: 401 })],
  ])(
    'answers 500 without a challenge when the authorization server %s, because the middleware has no 503',
    async (_, answer) => {
      expect(await ask(createGuard(answer))).toEqual({
        status: 500,
        challenge: null,
        body: { error: 'server_error', error_description: 'Internal Server Error' },
      })
      const verifier = createTokenVerifier(createGuard(answer), errors)
      await expect(verifier.verifyAccessToken('abc')).rejects.toMatchObject({ code: /^ERR_TRANSPORT_/ })
    },
  )
})

describe('options', () => {
  const guard = answering(good)

  test('refuse a missing guard', () => {
    for (const create of [
      () => createMcpGate(undefined as never),
      () => guardMcp({} as never, () => new Response()),
      () => createTokenVerifier(undefined as never, errors),
      () => mcpExpressGuard(undefined as never),
      () => mcpNodeGuard(undefined as never, () => undefined),
    ])
      expect(create).toThrow(/^guard: /)
  })

  test.each([
    ['resource', () => createMcpGate(guard, { resource: 7 } as object)],
    ['resource', () => guardMcp(guard, () => new Response(), { resource: '' })],
    ['mcpExpressGuard.resource', () => mcpExpressGuard(guard, { resource: '' })],
    ['mcpExpressGuard.onRefusal', () => mcpExpressGuard(guard, { onRefusal: 'send' } as never)],
    ['mcpNodeGuard.resource', () => mcpNodeGuard(guard, () => undefined, { resource: '' })],
    ['mcpNodeGuard.onRefusal', () => mcpNodeGuard(guard, () => undefined, { onRefusal: () => undefined } as object)],
    ['mcpNodeGuard.handle', () => mcpNodeGuard(guard, undefined as never)],
    ['mcpExpressGuard.scope', () => mcpExpressGuard(guard, { scope: 'a' } as never)],
    ['audience', () => createMcpGate(guard, { audience: resource } as object)],
    ['InvalidTokenError', () => createTokenVerifier(guard, { InsufficientScopeError } as never)],
    ['InsufficientScopeError', () => createTokenVerifier(guard, { InvalidTokenError } as never)],
    ['InvalidTokenError', () => createTokenVerifier(guard, { ...errors, InvalidTokenError: 'x' } as never)],
  ])('a wrong or missing %s is a TypeError that names the option', (name, create) => {
    expect(create).toThrow(TypeError)
    expect(create).toThrow(new RegExp(`^${name}: `))
  })
})
