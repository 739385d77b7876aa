/** Guards for MCP servers on Express and on `node:http`. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AuthInfo } from '@modelcontextprotocol/sdk/server/auth/types.js'
import { OptionGroup } from '@token-introspection/core/options'
import type { ActiveIntrospectionResult, Guard, GuardToken } from '../index.ts'
import { type ExpressGuardOptions, expressGuard } from './express.ts'
import { type McpAuthInfo, type McpTokens, PassedAuthInfo } from './mcp-auth-info.ts'
import { McpOperations } from './mcp-operations.ts'
import { type McpServerOptions, readMcpScopes } from './mcp-scopes.ts'
import { nodeGuard } from './node.ts'

/** Options of {@link mcpExpressGuard}. */
export interface McpExpressGuardOptions<Req extends IncomingMessage, Res extends ServerResponse>
  extends McpServerOptions,
    Pick<ExpressGuardOptions<Req, Res>, 'onRefusal'> {}

/**
 * Turns a guard into a middleware for Express, before `StreamableHTTPServerTransport` of the MCP SDK. The transport
 * passes `request.auth` to tools as `authInfo`. The middleware of `client/express` puts the answer of the authorization
 * server in the same place, but there tools find no `scopes`.
 *
 * Refusals and preflights are handled as by `expressGuard` of `client/express`. The answer is in `authInfo.extra`.
 *
 * @param guard - a guard that is not optional.
 * @throws TypeError when the guard is not a guard, or a TypeError that names the wrong option.
 *
 * @example
 * ```ts
 * import type { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js'
 * import { createProtectedResource, type IntrospectionClient } from '@token-introspection/client'
 * import { mcpExpressGuard } from '@token-introspection/client/mcp'
 * import express from 'express'
 *
 * export function serve(introspection: IntrospectionClient, transport: StreamableHTTPServerTransport) {
 *   const mcp = createProtectedResource({ resource: 'https://mcp.example.com/mcp' })
 *   const app = express()
 *   app.all('/mcp', mcpExpressGuard(mcp.guard(introspection, { scope: 'tools:call' })), express.json(), (request, response) =>
 *     transport.handleRequest(request, response, request.body),
 *   )
 *   return app
 * }
 * ```
 */
export function mcpExpressGuard<
  G extends Guard,
  Req extends IncomingMessage = IncomingMessage,
  Res extends ServerResponse = ServerResponse,
>(
  guard: G,
  options: McpExpressGuardOptions<Req, Res> = {},
): ((request: Req, response: Res, next: (error?: unknown) => void) => void) & McpTokens<GuardToken<G>> {
  const group = new OptionGroup('mcpExpressGuard', options, ['resource', 'scopes', 'onRefusal'])
  const passed = new PassedAuthInfo<GuardToken<G>>(guard, group.string('resource'))
  const onRefusal = group.function<NonNullable<(typeof options)['onRefusal']>>('onRefusal')
  const operations = new McpOperations(readMcpScopes(group))
  const mayPass = expressGuard<G, Req, Res>(guard, { onRefusal })
  const middleware = (request: Req, response: Res, next: (error?: unknown) => void): void => {
    operations.begin(request)
    mayPass(request, response, (error) => {
      try {
        if (error === undefined) {
          if (operations.end(request, response)) return
          passed.attach(request, mayPass.tokenOf(request))
        }
      } catch (mistake) {
        next(mistake)
        return
      }
      next(error)
    })
  }
  return Object.assign(middleware, { tokenOf: (authInfo: AuthInfo | undefined) => passed.tokenOf(authInfo) })
}

/**
 * Puts a guard before the request handler of an MCP server on `node:http`, before `StreamableHTTPServerTransport` of the MCP
 * SDK. The transport passes `request.auth` to tools as `authInfo`, and the guard puts it there. Refused requests and preflights
 * are answered as by `nodeGuard` of `client/node`, and so the handler runs in the same tick when the answer is cached.
 *
 * @param guard - a guard that is not optional.
 * @param handle - answers an allowed request. `request.auth.extra` is the answer about the token, with the type of your claims. With
 * `scopes`, pass its third argument to `handleRequest` of the transport: the guard has read the body. Otherwise that is `undefined`.
 * @returns a listener for `createServer`. It throws or rejects only for bugs of the guard and for errors of the handler.
 * @throws TypeError when the guard is not a guard, the handler is not a function, or an option is wrong.
 *
 * @example
 * ```ts
 * import { createServer } from 'node:http'
 * import type { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js'
 * import { createProtectedResource, type IntrospectionClient } from '@token-introspection/client'
 * import { mcpNodeGuard } from '@token-introspection/client/mcp'
 *
 * export function serve(introspection: IntrospectionClient, transport: StreamableHTTPServerTransport) {
 *   const mcp = createProtectedResource({ resource: 'https://mcp.example.com/mcp' })
 *   const listen = mcpNodeGuard(mcp.guard(introspection, { scope: 'tools:call' }), (request, response) =>
 *     transport.handleRequest(request, response),
 *   )
 *   return createServer((request, response) => {
 *     const document = mcp.respond(request.method ?? '', request.url ?? '')
 *     if (document === undefined) listen(request, response)
 *     else response.writeHead(document.status, document.headers).end(document.body)
 *   })
 * }
 * ```
 */
export function mcpNodeGuard<G extends Guard>(
  guard: G,
  handle: (request: McpIncomingMessage<GuardToken<G>>, response: ServerResponse, parsedBody: unknown) => unknown,
  options: McpServerOptions = {},
): ((request: IncomingMessage, response: ServerResponse) => unknown) & McpTokens<GuardToken<G>> {
  const group = new OptionGroup('mcpNodeGuard', options, ['resource', 'scopes'])
  if (typeof handle !== 'function') throw group.error('handle', 'must be a function')
  const passed = new PassedAuthInfo<GuardToken<G>>(guard, group.string('resource'))
  const operations = new McpOperations(readMcpScopes(group))
  const guarded = nodeGuard(guard, (request, response, token) => {
    if (operations.end(request, response)) return undefined
    const { body } = request as { readonly body?: unknown }
    return handle(passed.attach(request, token), response, body)
  })
  const listener = (request: IncomingMessage, response: ServerResponse): unknown => {
    operations.begin(request)
    return guarded(request, response)
  }
  return Object.assign(listener, { tokenOf: (authInfo: AuthInfo | undefined) => passed.tokenOf(authInfo) })
}

/** A request of Node with the member that the transport of the SDK reads. */
export type McpIncomingMessage<Token extends object = ActiveIntrospectionResult> = IncomingMessage & {
  auth: McpAuthInfo<Token>
}
