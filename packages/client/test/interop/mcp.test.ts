/** The client of the MCP TypeScript SDK, from the address of a guarded server to the call of a tool. */
import { getRequestListener } from '@hono/node-server'
import { type OAuthClientProvider, UnauthorizedError } from '@modelcontextprotocol/sdk/client/auth.js'
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js'
import { WebStandardStreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/webStandardStreamableHttp.js'
import type { OAuthClientInformationMixed, OAuthTokens } from '@modelcontextprotocol/sdk/shared/auth.js'
import { clientSecretBasic, createProtectedResource, IntrospectionClient } from '@token-introspection/client'
import { guardMcp } from '@token-introspection/client/mcp'
import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { type LoopbackServer, serveListener } from '../loopback-server.ts'
import {
  MCP_SERVER,
  type McpAuthorizationServer,
  SCOPE,
  startMcpAuthorizationServer,
} from './mcp-authorization-server.ts'

const CALLBACK = 'https://mcp-client.example.com/callback'

let as: McpAuthorizationServer
let rs: GuardedMcpServer
/** Whether a test has stopped the authorization server. */
let isDown: boolean

interface GuardedMcpServer extends LoopbackServer {
  readonly resource: string
  /** Every request, with the status of its response. */
  readonly answers: string[]
}

beforeEach(async () => {
  vi.spyOn(console, 'warn').mockReturnValue(undefined)
  vi.spyOn(console, 'info').mockReturnValue(undefined)
  isDown = false
  as = await startMcpAuthorizationServer()
  rs = await startMcpServer(as.issuer)
  onTestFinished(async () => {
    await rs[Symbol.asyncDispose]()
    if (!isDown) await as[Symbol.asyncDispose]()
  })
})

/** An MCP server with one tool, behind a guard. */
async function startMcpServer(issuer: string): Promise<GuardedMcpServer> {
  let answer: ((request: Request) => Promise<Response>) | undefined
  const answers: string[] = []
  const listener = getRequestListener(
    async (request) => {
      const response = (await answer?.(request)) ?? Response.error()
      answers.push(`${request.method} ${new URL(request.url).pathname} ${response.status}`)
      return response
    },
    { overrideGlobalObjects: false },
  )
  const server = await serveListener((request, response) => void listener(request, response))
  const resource = `${server.origin}/mcp`
  const introspection = new IntrospectionClient({
    issuer,
    clientAuthentication: clientSecretBasic(MCP_SERVER.id, MCP_SERVER.secret),
    transport: { allowHttpOnLoopback: true },
  })
  const mcp = createProtectedResource({ resource, allowHttpOnLoopback: true })
  const handle = guardMcp(mcp.guard(introspection, { scope: SCOPE }), async (request, options) => {
    const transport = new WebStandardStreamableHTTPServerTransport({ enableJsonResponse: true })
    await createMcpServer().connect(transport)
    return transport.handleRequest(request, options)
  })
  answer = async (request) => mcp.handle(request) ?? (await handle(request))
  return Object.assign(server, { resource, answers })
}

function createMcpServer(): McpServer {
  const server = new McpServer({ name: 'guarded', version: '1.0.0' })
  server.registerTool('whoami', { description: 'Tells who the caller is.' }, ({ authInfo }) => ({
    content: [
      {
        type: 'text',
        text: JSON.stringify({
          sub: authInfo?.extra?.['sub'],
          scopes: authInfo?.scopes,
          resource: authInfo?.resource?.href,
          named: authInfo?.clientId !== '',
          expires: typeof authInfo?.expiresAt,
        }),
      },
    ],
  }))
  return server
}

/** The data that an MCP client keeps, and the URL that it opens. */
class MemoryProvider implements OAuthClientProvider {
  readonly redirectUrl = CALLBACK
  readonly clientMetadata = {
    client_name: 'MCP client',
    redirect_uris: [CALLBACK],
    token_endpoint_auth_method: 'none',
    grant_types: ['authorization_code'],
    response_types: ['code'],
  }
  sentTo: URL | undefined
  #client: OAuthClientInformationMixed | undefined
  #tokens: OAuthTokens | undefined
  #verifier = ''

  clientInformation() {
    return this.#client
  }
  saveClientInformation(client: OAuthClientInformationMixed) {
    this.#client = client
  }
  tokens() {
    return this.#tokens
  }
  saveTokens(tokens: OAuthTokens) {
    this.#tokens = tokens
  }
  redirectToAuthorization(url: URL) {
    this.sentTo = url
  }
  saveCodeVerifier(verifier: string) {
    this.#verifier = verifier
  }
  codeVerifier() {
    return this.#verifier
  }
}

/** Goes through the whole flow once. */
async function signIn(url = new URL(rs.resource)) {
  const provider = new MemoryProvider()
  const first = new StreamableHTTPClientTransport(url, { authProvider: provider })
  await expect(new Client({ name: 'first', version: '1.0.0' }).connect(first)).rejects.toThrow(UnauthorizedError)
  const back = await as.browse(provider.sentTo as URL)
  expect(`${back.origin}${back.pathname}`).toBe(CALLBACK)
  await first.finishAuth(back.searchParams.get('code') ?? '')
  return provider
}

async function connect(provider: MemoryProvider) {
  const client = new Client({ name: 'second', version: '1.0.0' })
  const transport = new StreamableHTTPClientTransport(new URL(rs.resource), { authProvider: provider })
  await client.connect(transport)
  onTestFinished(() => client.close())
  return client
}

async function whoami(client: Client): Promise<unknown> {
  const { content } = (await client.callTool({ name: 'whoami' })) as { content: { text: string }[] }
  return JSON.parse(content[0]?.text ?? '')
}

async function post(token: string, url = rs.resource) {
  return fetch(url, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
    },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'ping' }),
  })
}

describe('the MCP client', () => {
  test('finds its way from the 401 response to a tool: metadata, registration, code, token for the resource', async () => {
    const provider = await signIn()
    const asked = provider.sentTo?.searchParams
    expect([asked?.get('resource'), asked?.get('scope'), asked?.get('code_challenge_method')]).toEqual([
      rs.resource,
      SCOPE,
      'S256',
    ])
    expect(rs.answers.slice(0, 2)).toEqual(['POST /mcp 401', 'GET /.well-known/oauth-protected-resource/mcp 200'])
    expect(as.resources).toEqual(new Set([rs.resource]))
    expect(await whoami(await connect(provider))).toEqual({
      sub: 'alice',
      scopes: [SCOPE],
      resource: rs.resource,
      named: true,
      expires: 'number',
    })
  })

  test('has to sign in again on the next call after its token was revoked', async () => {
    const provider = await signIn()
    const client = await connect(provider)
    await whoami(client)
    const { client_id: id = '' } = provider.clientInformation() ?? {}
    const token = provider.tokens()?.access_token ?? ''
    const revoked = await fetch(`${as.issuer}/token/revocation`, {
      method: 'POST',
      body: new URLSearchParams({ token, client_id: id }),
    })
    expect(revoked.status).toBe(200)
    provider.sentTo = undefined
    rs.answers.length = 0
    await expect(whoami(client)).rejects.toThrow(UnauthorizedError)
    expect(rs.answers.find((answer) => answer.startsWith('POST'))).toBe('POST /mcp 401')
    expect(provider.sentTo).toBeInstanceOf(URL)
  })

  test('keeps its token through an outage of the authorization server, and does not have to sign in', async () => {
    const provider = await signIn()
    const client = await connect(provider)
    await as[Symbol.asyncDispose]()
    isDown = true
    provider.sentTo = undefined
    rs.answers.length = 0
    await expect(whoami(client)).rejects.toMatchObject({ code: 503 })
    expect(rs.answers).toContain('POST /mcp 503')
    // The stream that the client opens may come late.
    expect(rs.answers.filter((answer) => !answer.endsWith(' 503'))).toEqual([])
    expect(provider.sentTo).toBeUndefined()
  })

  test('cannot use a token here that it got for another server', async () => {
    const other = await startMcpServer(as.issuer)
    onTestFinished(() => other[Symbol.asyncDispose]())
    const provider = await signIn(new URL(other.resource))
    const token = provider.tokens()?.access_token ?? ''
    expect((await post(token, other.resource)).status).toBe(200)
    const response = await post(token)
    expect(response.status).toBe(401)
    expect(response.headers.get('www-authenticate')).toContain('error="invalid_token"')
    expect((await post('unknown')).status).toBe(401)
  })
})
