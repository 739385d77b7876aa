/** An MCP server with one tool. Clients find it by its metadata, and the guard runs before the transport. */
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js'
import { WebStandardStreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/webStandardStreamableHttp.js'
import { createProtectedResource, type IntrospectionClient } from '@token-introspection/client'
import { guardMcp } from '@token-introspection/client/mcp'
import { runExample } from '../checks/run-example.ts'

const resource = 'https://orders.example.com'

function createMcpServer(): McpServer {
  const server = new McpServer({ name: 'orders', version: '1.0.0' })
  server.registerTool('list_orders', { description: 'Lists orders.' }, ({ authInfo }) => ({
    content: [{ type: 'text', text: `1 book for ${String(authInfo?.extra?.['sub'])}` }],
  }))
  return server
}

function serve(introspection: IntrospectionClient): (request: Request) => Promise<Response> {
  const mcp = createProtectedResource({ resource })
  const handle = guardMcp(mcp.guard(introspection, { scope: 'orders:read' }), async (request, options) => {
    const transport = new WebStandardStreamableHTTPServerTransport({ enableJsonResponse: true })
    await createMcpServer().connect(transport)
    return transport.handleRequest(request, options)
  })
  return async (request) => mcp.handle(request) ?? (await handle(request))
}

process.exitCode = await runExample(async ({ as, introspection, expect }) => {
  const handle = serve(introspection)
  const refused = await handle(new Request(`${resource}/mcp`, { method: 'POST' }))
  const [, place = ''] = /resource_metadata="([^"]+)"/.exec(refused.headers.get('www-authenticate') ?? '') ?? []
  const { authorization_servers: servers, scopes_supported: scopes } = (await (
    await handle(new Request(place))
  ).json()) as Record<string, unknown>
  expect('the challenge leads to the metadata', [servers, scopes], [[as.issuer], ['orders:read']])

  const token = await as.issueToken()
  const client = new Client({ name: 'example', version: '1.0.0' })
  const transport = new StreamableHTTPClientTransport(new URL(`${resource}/mcp`), {
    requestInit: { headers: { authorization: `Bearer ${token}` } },
    fetch: (url, init) => handle(new Request(url, init)),
  })
  await client.connect(transport)
  const { content } = await client.callTool({ name: 'list_orders' })
  expect('a tool knows its caller', content, [{ type: 'text', text: '1 book for alice' }])
  await as.revokeToken(token)
  const after = await client.callTool({ name: 'list_orders' }).catch((error: { code?: number }) => error.code)
  expect('until the token is revoked', after, 401)
  await client.close()
})
