/** Guards for MCP servers of web requests. */
import { OptionGroup } from '@token-introspection/core/options'
import {
  type ActiveIntrospectionResult,
  type Guard,
  type GuardRequest,
  type GuardToken,
  isPreflight,
} from '../index.ts'
import { type McpAuthInfo, type McpTokens, PassedAuthInfo } from './mcp-auth-info.ts'
import { readWebBody } from './mcp-message.ts'
import { hasMcpMessage, McpOperation, type McpServerOptions, readMcpScopes } from './mcp-scopes.ts'
import { requireGuard } from './middleware-options.ts'
import { addFields } from '../result/response-fields.ts'
import { tokenReadBy } from './token-read-by.ts'

/**
 * Creates a gate for `WebStandardStreamableHTTPServerTransport` of the MCP SDK, or any other server of web requests.
 *
 * @param guard - a guard that is not optional.
 * @returns the `authInfo` for the transport, or the response to send: 401 with the challenge that leads clients to the
 * metadata, 403, 400, and 503 for an outage. Tokens without `exp` pass, and so do key-bound tokens if the guard accepts
 * proofs. The gate does not see certificates, because web requests have none: see the guide. Header fields that the
 * guard adds to good responses are lost; {@link guardMcp} sends them. A CORS preflight gets 204 without CORS
 * permission: to allow CORS, check `isPreflight` first.
 * @throws TypeError when the guard is not a guard, or a TypeError that names the wrong option.
 *
 * @example
 * ```ts
 * import type { WebStandardStreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/webStandardStreamableHttp.js'
 * import type { IntrospectionClient } from '@token-introspection/client'
 * import { createMcpGate } from '@token-introspection/client/mcp'
 *
 * export function serve(introspection: IntrospectionClient, transport: WebStandardStreamableHTTPServerTransport) {
 *   const gate = createMcpGate(introspection.guard({ audience: 'https://mcp.example.com/mcp' }))
 *   return async (request: Request): Promise<Response> => {
 *     const authInfo = await gate(request)
 *     return authInfo instanceof Response ? authInfo : transport.handleRequest(request, { authInfo })
 *   }
 * }
 * ```
 */
export function createMcpGate<G extends Guard>(
  guard: G,
  options: McpServerOptions = {},
): ((request: Request) => Promise<McpAuthInfo<GuardToken<G>> | Response>) & McpTokens<GuardToken<G>> {
  const { pass, tokenOf } = createPass(guard, options)
  const gate = async (request: Request): Promise<McpAuthInfo<GuardToken<G>> | Response> => {
    const passed = await pass(request)
    return passed instanceof Response ? passed : passed.authInfo
  }
  return Object.assign(gate, { tokenOf })
}

/**
 * Puts a guard before the request handler of an MCP server, as {@link createMcpGate} does. It also sends the header
 * fields that the guard adds to good responses, such as the next `DPoP-Nonce`.
 *
 * @param guard - a guard that is not optional.
 * @param handle - answers an allowed request. Pass its arguments to `handleRequest` of the transport. `options.authInfo.extra` is
 * the answer about the token, with the type of your claims.
 * @throws TypeError when the guard is not a guard, or a TypeError that names the wrong option.
 *
 * @example
 * ```ts
 * import type { WebStandardStreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/webStandardStreamableHttp.js'
 * import { createProtectedResource, type IntrospectionClient } from '@token-introspection/client'
 * import { guardMcp } from '@token-introspection/client/mcp'
 *
 * export function serve(introspection: IntrospectionClient, transport: WebStandardStreamableHTTPServerTransport) {
 *   const mcp = createProtectedResource({ resource: 'https://mcp.example.com/mcp' })
 *   const handle = guardMcp(mcp.guard(introspection, { scope: 'tools:call' }), (request, options) =>
 *     transport.handleRequest(request, options),
 *   )
 *   return async (request: Request): Promise<Response> => mcp.handle(request) ?? (await handle(request))
 * }
 * ```
 */
export function guardMcp<G extends Guard>(
  guard: G,
  handle: (request: Request, options: McpRequestOptions<GuardToken<G>>) => Response | Promise<Response>,
  options: McpServerOptions = {},
): (request: Request) => Promise<Response> {
  const { pass } = createPass(guard, options)
  return async (request) => {
    const passed = await pass(request)
    if (passed instanceof Response) return passed
    const { authInfo, message } = passed
    const response = await handle(request, { authInfo, ...(message && { parsedBody: message }) })
    return withHeaders(response, passed.headers)
  }
}

/** What {@link guardMcp} gives to the handler, for `handleRequest` of the transport. */
export interface McpRequestOptions<Token extends object = ActiveIntrospectionResult> {
  readonly authInfo: McpAuthInfo<Token>
  /** The message of the body, if the option `scopes` made the guard read it. */
  readonly parsedBody?: unknown
}

interface Pass<Token extends object> {
  readonly authInfo: McpAuthInfo<Token>
  readonly headers: Readonly<Record<string, string>>
  /** The message of the body, if it was read. */
  readonly message: Readonly<Record<string, unknown>> | undefined
}

function createPass<G extends Guard>(
  guard: G,
  options: McpServerOptions,
): McpTokens<GuardToken<G>> & { readonly pass: (request: Request) => Promise<Pass<GuardToken<G>> | Response> } {
  requireGuard(guard)
  const group = new OptionGroup('', options, ['resource', 'scopes'])
  const passed = new PassedAuthInfo<GuardToken<G>>(guard, group.string('resource'))
  const scopes = readMcpScopes(group)
  return {
    tokenOf: (authInfo) => passed.tokenOf(authInfo),
    async pass(request) {
      if (isPreflight(request)) return new Response(null, { status: 204 })
      const operation =
        scopes && hasMcpMessage(request.method)
          ? new McpOperation(scopes, (limits) => readWebBody(request, limits))
          : undefined
      const decision = await guard(operation === undefined ? request : withScopeOf(operation, request))
      if (!decision.allowed) return decision.toResponse()
      const fault = operation?.end()
      if (fault !== undefined) return new Response(fault.body, { status: fault.status, headers: { ...fault.headers } })
      const authInfo = passed.toAuthInfo(tokenReadBy(guard, request), decision.token)
      return { authInfo, headers: decision.headers, message: operation?.message }
    },
  }
}

/** A web request for a guard, with the further scope of its message. */
function withScopeOf({ requiredScope }: McpOperation, { method, url, headers }: Request): GuardRequest {
  return { method, url, headers, requiredScope }
}

/** A response with immutable fields, such as one from `fetch`, is copied. */
function withHeaders(response: Response, headers: Readonly<Record<string, string>>): Response {
  if (Object.keys(headers).length === 0) return response
  const sent = new Response(response.body, response)
  addFields(headers, sent.headers, {
    get: (fields, name) => fields.get(name),
    set: (fields, name, value) => fields.set(name, value),
  })
  return sent
}
