/** Servers whose tools need different scopes: one 403 names all scopes of the operation, and nothing else is looked at. */
import { createServer, IncomingMessage, request as sendRequest, ServerResponse } from 'node:http'
import { type AddressInfo, Socket } from 'node:net'
import { once } from 'node:events'
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js'
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js'
import { WebStandardStreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/webStandardStreamableHttp.js'
import {
  clientSecretBasic,
  createProtectedResource,
  type Guard,
  IntrospectionClient,
} from '@token-introspection/client'
import { createMcpGate, guardMcp, mcpExpressGuard, mcpNodeGuard, type McpScopes } from '@token-introspection/client/mcp'
import { parseChallenges } from '@token-introspection/core'
import express from 'express'
import { describe, expect, onTestFinished, test } from 'vitest'
import { holdClock } from '../held-clock.ts'

const resource = 'https://mcp.example.com/mcp'
const documentUrl = 'https://mcp.example.com/.well-known/oauth-protected-resource/mcp'
const scopes: McpScopes = {
  tools: { list_orders: '', delete_order: 'orders:write orders:audit' },
  methods: { 'resources/read': ['files:read'] },
}

type Fetch = (url: string | URL, init?: RequestInit) => Promise<Response>

/** A guard whose tokens are named after their scopes: `orders-write` has the scope `tools orders:write`. */
function createGuard(further: object = {}) {
  const introspection = new IntrospectionClient({
    issuer: 'https://as.example.com',
    endpoint: 'https://as.example.com/introspect',
    clientAuthentication: clientSecretBasic('mcp-server', 'secret'),
    transport: {
      fetch: (_, init) => {
        const token = new URLSearchParams(init?.body as string).get('token') ?? ''
        const scope = ['tools', ...token.split('.').map((each) => each.replace('-', ':'))].join(' ')
        return Promise.resolve(
          Response.json(token === 'bad' ? { active: false } : { active: true, aud: resource, scope }),
        )
      },
    },
  })
  return createProtectedResource({ resource }).guard(introspection, { scope: 'tools', ...further })
}

function createMcpServer(): McpServer {
  const server = new McpServer({ name: 'orders', version: '1.0.0' })
  for (const name of ['list_orders', 'delete_order', 'forgotten']) {
    server.registerTool(name, { description: name }, () => ({ content: [{ type: 'text', text: name }] }))
  }
  server.registerResource('file', 'file:///a', {}, () => ({ contents: [{ uri: 'file:///a', text: 'a' }] }))
  return server
}

/** Serves a listener on a free port, and sends requests to it whatever their URL is. */
async function serve(listener: Parameters<typeof createServer>[1]): Promise<{ fetch: Fetch; port: number }> {
  const server = createServer(listener).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  return { port, fetch: (_, init) => fetch(`http://127.0.0.1:${port}/mcp`, init) }
}

/** Answers an allowed request with a server of its own. */
async function answer(request: IncomingMessage, response: ServerResponse, body?: unknown): Promise<void> {
  const transport = new StreamableHTTPServerTransport({ enableJsonResponse: true })
  await createMcpServer().connect(transport)
  await transport.handleRequest(request, response, body)
}

const FORMS: readonly [form: string, start: (guard: Guard, given?: McpScopes) => Promise<{ fetch: Fetch }>][] = [
  [
    'guardMcp',
    async (guard, given = scopes) => {
      const handle = guardMcp(
        guard,
        async (request, options) => {
          const transport = new WebStandardStreamableHTTPServerTransport({ enableJsonResponse: true })
          await createMcpServer().connect(transport)
          return transport.handleRequest(request, options)
        },
        { scopes: given },
      )
      return { fetch: (url, init) => handle(new Request(url, init)) }
    },
  ],
  [
    'createMcpGate',
    async (guard, given = scopes) => {
      const gate = createMcpGate(guard, { scopes: given })
      return {
        fetch: async (url, init) => {
          const request = new Request(url, init)
          const authInfo = await gate(request)
          if (authInfo instanceof Response) return authInfo
          const transport = new WebStandardStreamableHTTPServerTransport({ enableJsonResponse: true })
          await createMcpServer().connect(transport)
          return transport.handleRequest(request, { authInfo })
        },
      }
    },
  ],
  [
    'mcpExpressGuard',
    (guard, given = scopes) => {
      const app = express()
      app.all('/mcp', mcpExpressGuard(guard, { scopes: given }), express.json(), (request, response) => {
        void answer(request, response, request.body)
      })
      return serve(app)
    },
  ],
  [
    'mcpExpressGuard after express.json',
    (guard, given = scopes) => {
      const app = express()
      app.all('/mcp', express.json(), mcpExpressGuard(guard, { scopes: given }), (request, response) => {
        void answer(request, response, request.body)
      })
      return serve(app)
    },
  ],
  ['mcpNodeGuard', (guard, given = scopes) => serve(mcpNodeGuard(guard, answer, { scopes: given }))],
  [
    'mcpNodeGuard whose handler does not pass the body on',
    (guard, given = scopes) =>
      serve(mcpNodeGuard(guard, (request, response) => answer(request, response), { scopes: given })),
  ],
]

const FIELDS = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' }

function send(fetch: Fetch, token: string, body: string, fields: Record<string, string> = {}): Promise<Response> {
  const headers = { ...FIELDS, authorization: `Bearer ${token}`, ...fields }
  return fetch(resource, { method: 'POST', headers, body })
}

const callOf = (name: unknown) => JSON.stringify({ jsonrpc: '2.0', id: 7, method: 'tools/call', params: { name } })

function challengesOf(response: Response) {
  return parseChallenges(response.headers.get('www-authenticate') ?? '')?.map(({ parameters }) => parameters)
}

describe.each(FORMS)('%s', (form, start) => {
  test('MCP-05 lets the client of the SDK list all tools, and call those for which its token is enough', async () => {
    const { fetch } = await start(createGuard())
    const connect = async (token: string) => {
      const client = new Client({ name: 'test', version: '1.0.0' })
      const requestInit = { headers: { authorization: `Bearer ${token}` } }
      await client.connect(new StreamableHTTPClientTransport(new URL(resource), { requestInit, fetch }))
      onTestFinished(() => client.close())
      return client
    }
    const [reader, writer] = [await connect('none'), await connect('orders-write.orders-audit')]
    expect((await reader.listTools()).tools).toHaveLength(3)
    expect(await reader.callTool({ name: 'list_orders' })).toMatchObject({ content: [{ text: 'list_orders' }] })
    await expect(reader.callTool({ name: 'delete_order' })).rejects.toMatchObject({ code: 403 })
    expect(await writer.callTool({ name: 'delete_order' })).toMatchObject({ content: [{ text: 'delete_order' }] })
    await expect(writer.readResource({ uri: 'file:///a' })).rejects.toMatchObject({ code: 403 })
    expect(await (await connect('files-read')).readResource({ uri: 'file:///a' })).toMatchObject({
      contents: [{ text: 'a' }],
    })
  })

  test('MCP-05 names all scopes of the operation in one challenge, also those that the token has', async () => {
    const { fetch } = await start(createGuard())
    const refused = await send(fetch, 'orders-write', callOf('delete_order'))
    expect(refused.status).toBe(403)
    expect(challengesOf(refused)).toMatchObject([
      { error: 'insufficient_scope', scope: 'tools orders:write orders:audit', resource_metadata: documentUrl },
    ])
  })

  test.each([
    'forgotten',
    'constructor',
    '__proto__',
    'no-such-tool',
    'DELETE_ORDER',
    'list_orders ',
    7,
    ['list_orders'],
  ])('refuses a call of %j, which the option does not name, without a challenge', async (name) => {
    const { fetch } = await start(createGuard())
    const refused = await send(fetch, 'orders-write.orders-audit', callOf(name))
    expect([refused.status, refused.headers.get('www-authenticate')]).toEqual([403, null])
    expect(await refused.json()).toMatchObject({ id: 7, error: { code: -32602 } })
  })

  test('needs the scope for other tools, if there is one', async () => {
    const { fetch } = await start(createGuard(), { ...scopes, otherTools: 'admin' })
    const refused = await send(fetch, 'none', callOf('forgotten'))
    expect(challengesOf(refused)).toMatchObject([{ scope: 'tools admin' }])
    expect((await send(fetch, 'admin', callOf('forgotten'))).status).toBe(200)
    expect((await send(fetch, 'none', callOf('list_orders'))).status).toBe(200)
  })

  test.each([
    ['a batch', 400, `[${callOf('list_orders')},${callOf('delete_order')}]`],
    ['an empty batch', 400, '[]'],
    ['no JSON', 400, '{"method":"tools/call"'],
    ['no message', 400, '{}'],
    ['a method that is no text', 400, '{"method":["tools/call"],"params":{"name":"delete_order"}}'],
  ])('answers %s with %i', async (_name, status, body) => {
    const { fetch } = await start(createGuard(), { ...scopes, maxBodyBytes: 2000 })
    const refused = await send(fetch, 'orders-write.orders-audit', body)
    expect([refused.status, refused.headers.get('www-authenticate')]).toEqual([status, null])
  })

  test('answers 413 to a message above the limit, unless a parser with a limit of its own has read it', async () => {
    const { fetch } = await start(createGuard(), { ...scopes, maxBodyBytes: 2000 })
    const long = JSON.stringify({
      jsonrpc: '2.0',
      id: 7,
      method: 'ping',
      params: { _meta: { long: 'a'.repeat(3000) } },
    })
    expect((await send(fetch, 'none', long)).status).toBe(form.endsWith('express.json') ? 200 : 413)
  })

  test('counts a scope that implies the one of the operation', async () => {
    const scopeImplications = { 'orders:admin': ['orders:write', 'orders:audit'] }
    const { fetch } = await start(createGuard({ scopeImplications }))
    expect((await send(fetch, 'orders-admin', callOf('delete_order'))).status).toBe(200)
  })

  test('refuses a bad token with 401, whatever the body is', async () => {
    const { fetch } = await start(createGuard())
    for (const body of [callOf('delete_order'), callOf('no-such-tool'), '[]']) {
      const refused = await send(fetch, 'bad', body)
      expect([refused.status, challengesOf(refused)?.[0]?.['scope']]).toEqual([401, 'tools'])
    }
  })
})

describe('the body of a request', () => {
  test('is not read for a token that is refused anyway', async () => {
    let pulled = 0
    const body = () =>
      new ReadableStream(
        { pull: (controller) => (pulled++, controller.enqueue(new Uint8Array(1000))) },
        { highWaterMark: 0 },
      )
    const handle = guardMcp(createGuard({ scope: 'tools other' }), () => Response.json({}), { scopes })
    for (const [token, status] of [
      ['bad', 401],
      ['none', 403],
    ] as const) {
      const headers = { ...FIELDS, authorization: `Bearer ${token}` }
      const request = new Request(resource, { method: 'POST', headers, body: body(), duplex: 'half' })
      expect((await handle(request)).status).toBe(status)
    }
    expect(pulled).toBe(0)
  })

  test('is read no further than the limit, although it never ends', async () => {
    let pulled = 0
    const endless = new ReadableStream({ pull: (controller) => (pulled++, controller.enqueue(new Uint8Array(1000))) })
    const handle = guardMcp(createGuard(), () => Response.json({}), { scopes: { ...scopes, maxBodyBytes: 5000 } })
    const headers = { ...FIELDS, authorization: 'Bearer none' }
    const request = new Request(resource, { method: 'POST', headers, body: endless, duplex: 'half' })
    expect((await handle(request)).status).toBe(413)
    expect(pulled).toBeLessThan(10)
  })

  test('gets 413 on Node before the sender has sent all of it', async () => {
    const guarded = mcpNodeGuard(createGuard(), () => expect.unreachable(), {
      scopes: { ...scopes, maxBodyBytes: 100 },
    })
    const { port } = await serve(guarded)
    const headers = { ...FIELDS, authorization: 'Bearer none', 'content-length': 1_000_000 }
    const request = sendRequest({ port, host: '127.0.0.1', method: 'POST', path: '/mcp', headers })
    request.on('error', () => undefined)
    request.write('a'.repeat(5000))
    const [response] = (await once(request, 'response')) as [IncomingMessage]
    expect([response.statusCode, response.headers.connection]).toEqual([413, 'close'])
    request.destroy()
  })

  test('of a sender that left while the token was judged keeps nothing waiting', async () => {
    const request = Object.assign(new IncomingMessage(new Socket()), { method: 'POST', url: '/mcp' })
    request.headers = { authorization: 'Bearer none' }
    request.rawHeaders = ['authorization', 'Bearer none']
    const response = new ServerResponse(request)
    const guard = createGuard()
    const left = once(request, 'close')
    const late: Guard = (guarded) => left.then(() => guard(guarded))
    const judged = mcpNodeGuard(late, () => expect.unreachable(), { scopes })(request, response)
    request.destroy()
    await judged
    expect(response.statusCode).toBe(400)
  })

  test('that comes too late is answered 408 on the web, and not read further', async () => {
    const clock = holdClock()
    const handle = guardMcp(createGuard(), () => expect.unreachable(), { scopes: { ...scopes, bodyTimeoutMs: 3000 } })
    const asked = Promise.withResolvers<void>()
    const body = new ReadableStream({ pull: () => asked.resolve() }, { highWaterMark: 0 })
    const headers = { ...FIELDS, authorization: 'Bearer none' }
    let answered = false
    const response = handle(new Request(resource, { method: 'POST', headers, body, duplex: 'half' }))
    void response.then(() => (answered = true))
    await asked.promise
    await clock.pass(2999)
    await clock.pass(0)
    expect(answered).toBe(false)
    await clock.pass(1)
    expect([(await response).status, (await response).headers.get('connection')]).toEqual([408, 'close'])
  })

  test('that comes too late is answered 408 on Node, after 10 seconds if no option says otherwise', async () => {
    const clock = holdClock()
    const guarded = mcpNodeGuard(createGuard(), () => expect.unreachable(), { scopes })
    const begun = Promise.withResolvers<void>()
    const { port } = await serve((request, response) => {
      request.on('newListener', (name) => name === 'data' && begun.resolve())
      guarded(request, response)
    })
    const headers = { ...FIELDS, authorization: 'Bearer none', 'content-length': 100 }
    const request = sendRequest({ port, host: '127.0.0.1', method: 'POST', path: '/mcp', headers })
    request.on('error', () => undefined)
    let answered = false
    const response = once(request, 'response').then(([given]) => ((answered = true), given as IncomingMessage))
    request.write('{"jsonrpc"')
    await begun.promise
    await clock.pass(9999)
    await clock.pass(0)
    expect(answered).toBe(false)
    await clock.pass(1)
    const { statusCode, headers: fields } = await response
    expect([statusCode, fields.connection]).toEqual([408, 'close'])
    request.destroy()
  })

  test.each(['utf8', 'latin1', 'hex'] as const)(
    'of a stream that makes text in %s is read as it was sent',
    async (encoding) => {
      const app = express()
      app.use((request, _response, next) => (request.setEncoding(encoding), next()))
      app.all(
        '/mcp',
        mcpExpressGuard(createGuard(), { scopes }),
        (request, response) => void response.json(request.body),
      )
      const { fetch } = await serve(app)
      const message = { jsonrpc: '2.0', id: 'é', method: 'ping' }
      expect(await (await send(fetch, 'none', JSON.stringify(message))).json()).toEqual(message)
    },
  )

  test('of a stream that makes text is counted in octets', async () => {
    const guarded = mcpNodeGuard(createGuard(), () => expect.unreachable(), {
      scopes: { ...scopes, maxBodyBytes: 100 },
    })
    const { fetch } = await serve((request, response) => guarded(request.setEncoding('utf8'), response))
    const message = JSON.stringify({ method: 'é'.repeat(60) })
    expect(message.length).toBeLessThan(100)
    expect((await send(fetch, 'none', message)).status).toBe(413)
  })

  test('of a stream that makes something else than octets is answered 400', async () => {
    const guarded = mcpNodeGuard(createGuard(), () => expect.unreachable(), { scopes })
    const { fetch } = await serve((request, response) => {
      guarded(request, response)
      queueMicrotask(() => setImmediate(() => request.emit('data', {})))
    })
    expect((await send(fetch, 'none', '{')).status).toBe(400)
  })

  test('with a content encoding is answered 415', async () => {
    const handle = guardMcp(createGuard(), () => Response.json({}), { scopes })
    const fetch: Fetch = (url, init) => handle(new Request(url, init))
    expect((await send(fetch, 'none', callOf('list_orders'), { 'content-encoding': 'gzip' })).status).toBe(415)
    expect((await send(fetch, 'none', callOf('list_orders'), { 'content-encoding': 'identity' })).status).toBe(200)
  })

  test('that a parser of another media type has left alone is judged nevertheless', async () => {
    const app = express()
    app.all(
      '/mcp',
      express.json({ type: 'application/x' }),
      mcpExpressGuard(createGuard(), { scopes }),
      (_, response) => {
        response.end()
      },
    )
    const { fetch } = await serve(app)
    expect((await send(fetch, 'none', callOf('delete_order'))).status).toBe(403)
    expect((await send(fetch, 'none', callOf('list_orders'))).status).toBe(200)
  })
})

describe('a function that wraps the guard', () => {
  const guard = createGuard()

  test('and passes the request on is good', async () => {
    const handle = guardMcp(
      (request) => guard(request),
      () => Response.json({}),
      { scopes },
    )
    const fetch: Fetch = (url, init) => handle(new Request(url, init))
    expect((await send(fetch, 'none', callOf('delete_order'))).status).toBe(403)
    expect((await send(fetch, 'none', callOf('list_orders'))).status).toBe(200)
  })

  test('and loses the scope of the request lets no request pass', async () => {
    const handle = guardMcp(
      ({ method, url, headers }) => guard({ method, url, headers }),
      () => expect.unreachable(),
      { scopes },
    )
    const fetch: Fetch = (url, init) => handle(new Request(url, init))
    await expect(send(fetch, 'orders-write.orders-audit', callOf('delete_order'))).rejects.toThrow('requiredScope')
  })
})

describe('the guard', () => {
  test('keeps a predicate as its scope, and names the scope of the operation alone', async () => {
    const handle = guardMcp(
      createGuard({ scope: (granted: readonly string[]) => granted.includes('tools') }),
      () => Response.json({}),
      { scopes },
    )
    const fetch: Fetch = (url, init) => handle(new Request(url, init))
    expect(challengesOf(await send(fetch, 'none', callOf('delete_order')))).toMatchObject([
      { scope: 'orders:write orders:audit' },
    ])
    expect((await send(fetch, 'orders-write.orders-audit', callOf('delete_order'))).status).toBe(200)
  })

  test('runs a check of the application after the scope of the operation', async () => {
    const checked: unknown[] = []
    const handle = guardMcp(
      createGuard({ check: ({ scope }: { scope?: string }) => checked.push(scope) > 0 }),
      () => Response.json({}),
      { scopes },
    )
    const fetch: Fetch = (url, init) => handle(new Request(url, init))
    for (const token of ['none', 'orders-write.orders-audit']) await send(fetch, token, callOf('delete_order'))
    expect(checked).toEqual(['tools orders:write orders:audit'])
  })

  test.each([[['a b']], [['offline_access']], ['a'], [undefined]])(
    'rejects for the required scope %j',
    async (wrong) => {
      const headers = new Headers({ authorization: 'Bearer none' })
      const asked = createGuard()({ headers, requiredScope: () => wrong as string[] })
      await expect(asked).rejects.toThrow(/^requiredScope: /)
    },
  )
})

describe('requests without a message', () => {
  test.each(['GET', 'DELETE'])('%s need the scope of the guard alone', async (method) => {
    const handle = guardMcp(createGuard(), (_, options) => Response.json(Object.keys(options)), { scopes })
    const headers = { authorization: 'Bearer none' }
    expect(await (await handle(new Request(resource, { method, headers }))).json()).toEqual(['authInfo'])
  })

  test('notifications and responses of clients need it alone', async () => {
    const handle = guardMcp(createGuard(), () => Response.json({}), { scopes })
    const fetch: Fetch = (url, init) => handle(new Request(url, init))
    for (const body of ['{"method":"notifications/initialized"}', '{"id":1,"result":{}}', '{"id":1,"error":{}}']) {
      expect((await send(fetch, 'none', body)).status).toBe(200)
    }
  })
})

test.each<[string, unknown]>([
  ['scopes.tools.a', { tools: { a: 'b"c' } }],
  ['scopes.tools.a', { tools: { a: 7 } }],
  ['scopes.tools.a', { tools: { a: 'offline_access' } }],
  ['scopes.tools', { tools: [] }],
  ['scopes.methods.a', { methods: { a: null } }],
  ['scopes.otherTools', { otherTools: 'a' }],
  ['scopes.maxBodyBytes', { maxBodyBytes: 0 }],
  ['scopes.bodyTimeoutMs', { bodyTimeoutMs: 0 }],
  ['scopes.bodyTimeoutMs', { bodyTimeoutMs: 300_001 }],
  ['scopes.tool', { tool: {} }],
  ['scopes', 'orders'],
])('a wrong option %s is refused in %j', (name, wrong) => {
  const options = { scopes: wrong } as { scopes: McpScopes }
  for (const create of [
    () => guardMcp(createGuard(), () => Response.json({}), options),
    () => mcpExpressGuard(createGuard(), options),
    () => mcpNodeGuard(createGuard(), () => undefined, options),
  ]) {
    expect(create).toThrow(TypeError)
    expect(create).toThrow(name)
  }
})
