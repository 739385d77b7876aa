/** Guards for MCP servers that use the TypeScript SDK of the Model Context Protocol. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AuthInfo } from '@modelcontextprotocol/sdk/server/auth/types.js'
import { OptionGroup } from '@token-introspection/core/options'
import { type ActiveIntrospectionResult, type Guard, type GuardToken, isPreflight } from '../index.ts'
import { authInfoOf } from './auth-info.ts'
import { type ExpressGuardOptions, expressGuard } from './express.ts'
import { nodeGuard, toGuardRequest } from './node.ts'
import { requireGuard } from './middleware-options.ts'
import { addFields } from './response-fields.ts'
import { tokenReadBy } from './token-read-by.ts'

/** What the SDK gives to tools as `authInfo`. `extra` is the answer about the token, with the type of your claims. */
export interface McpAuthInfo<Token extends object = ActiveIntrospectionResult> extends Omit<AuthInfo, 'extra'> {
  readonly extra: Token & Record<string, unknown>
}

/** Finds the answer about a token in what tools get. */
export interface McpTokens<Token> {
  /**
   * The answer about the token, with the type of your claims. The SDK gives `authInfo` to tools with types of its own.
   *
   * @param authInfo - the second argument of a tool has it.
   * @throws TypeError when it does not come from this guard.
   */
  readonly tokenOf: (authInfo: AuthInfo | undefined) => Token
}

/** The `verifier` of the SDK's `requireBearerAuth`. */
export interface TokenVerifier<Token extends object = ActiveIntrospectionResult> extends McpTokens<Token> {
  /** Returns the data of the token, or throws an error by which `requireBearerAuth` refuses. */
  verifyAccessToken(token: string): Promise<McpAuthInfo<Token>>
}

/** An error class of the SDK. */
export type McpErrorClass = new (message: string) => Error

/** Options of {@link createMcpGate} and {@link guardMcp}. */
export interface McpGateOptions {
  /**
   * The identifier of this server, for `authInfo.resource`, if it is among the audiences of the token. Default the only
   * audience of the token, if it is a URL.
   */
  readonly resource?: string | undefined
}

/**
 * Options of {@link createTokenVerifier}. The SDK recognizes its errors by their classes, so you pass the classes here.
 */
export interface TokenVerifierOptions extends McpGateOptions {
  /** `InvalidTokenError` of `@modelcontextprotocol/sdk/server/auth/errors.js`: answered with 401. */
  readonly InvalidTokenError: McpErrorClass
  /** `InsufficientScopeError` of the same file: answered with 403. */
  readonly InsufficientScopeError: McpErrorClass
}

/**
 * Creates a verifier for the `requireBearerAuth` middleware of the MCP SDK from a guard, with all checks of the guard:
 * audience, scope, issuer, token kind, step-up.
 *
 * Prefer {@link guardMcp}. The middleware passes only the token, so a token that is bound to a key or a certificate is
 * refused with 401. It also refuses tokens without `exp`. It has no 503: the verifier throws the error of an outage,
 * which becomes 500. An outage never becomes 401, so no client discards a good token.
 *
 * @param guard - a guard that is not optional.
 * @throws TypeError when the guard is not a guard, or a TypeError that names the option that is missing or wrong.
 *
 * @example
 * ```ts
 * import { InsufficientScopeError, InvalidTokenError } from '@modelcontextprotocol/sdk/server/auth/errors.js'
 * import { requireBearerAuth } from '@modelcontextprotocol/sdk/server/auth/middleware/bearerAuth.js'
 * import type { IntrospectionClient } from '@token-introspection/client'
 * import { createTokenVerifier } from '@token-introspection/client/mcp'
 *
 * export function createMcpGuard(introspection: IntrospectionClient) {
 *   const resource = 'https://mcp.example.com/mcp'
 *   const guard = introspection.guard({ audience: resource })
 *   const verifier = createTokenVerifier(guard, { InsufficientScopeError, InvalidTokenError, resource })
 *   return requireBearerAuth({ verifier, expectedResource: new URL(resource) })
 * }
 * ```
 */
export function createTokenVerifier<G extends Guard>(
  guard: G,
  options: TokenVerifierOptions,
): TokenVerifier<GuardToken<G>> {
  requireGuard(guard)
  const group = new OptionGroup('', options, ['resource', 'InvalidTokenError', 'InsufficientScopeError'])
  const InvalidTokenError = group.function<McpErrorClass>('InvalidTokenError')
  const InsufficientScopeError = group.function<McpErrorClass>('InsufficientScopeError')
  if (InvalidTokenError === undefined) throw group.error('InvalidTokenError', 'is required: the class of the SDK')
  if (InsufficientScopeError === undefined)
    throw group.error('InsufficientScopeError', 'is required: the class of the SDK')
  const passed = new PassedAuthInfo<GuardToken<G>>(guard, group.string('resource'))
  return {
    tokenOf: (authInfo) => passed.tokenOf(authInfo),
    async verifyAccessToken(token) {
      const credentials = `Bearer ${token}`
      const decision = await guard({ headers: { get: (name) => (name === 'authorization' ? credentials : null) } })
      if (decision.allowed) return passed.toAuthInfo(token, decision.token)
      if (decision.error !== undefined) throw decision.error
      // The SDK puts the message into a quoted string and does not escape it.
      throw decision.status === 403
        ? new InsufficientScopeError('The token is not enough for this')
        : new InvalidTokenError('The token is not active, or not for this server')
    },
  }
}

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
  options: McpGateOptions = {},
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
  handle: (
    request: Request,
    options: { readonly authInfo: McpAuthInfo<GuardToken<G>> },
  ) => Response | Promise<Response>,
  options: McpGateOptions = {},
): (request: Request) => Promise<Response> {
  const { pass } = createPass(guard, options)
  return async (request) => {
    const passed = await pass(request)
    if (passed instanceof Response) return passed
    const response = await handle(request, { authInfo: passed.authInfo })
    return withHeaders(response, passed.headers)
  }
}

/** Options of {@link mcpExpressGuard}. */
export interface McpExpressGuardOptions<Req extends IncomingMessage, Res extends ServerResponse>
  extends McpGateOptions,
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
  const group = new OptionGroup('mcpExpressGuard', options, ['resource', 'onRefusal'])
  const passed = new PassedAuthInfo<GuardToken<G>>(guard, group.string('resource'))
  const onRefusal = group.function<NonNullable<(typeof options)['onRefusal']>>('onRefusal')
  const mayPass = expressGuard<G, Req, Res>(guard, { onRefusal })
  const middleware = (request: Req, response: Res, next: (error?: unknown) => void): void => {
    mayPass(request, response, (error) => {
      try {
        if (error === undefined) passed.attach(request, mayPass.tokenOf(request))
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
 * @param handle - answers an allowed request. `request.auth.extra` is the answer about the token, with the type of your claims.
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
  handle: (request: McpIncomingMessage<GuardToken<G>>, response: ServerResponse) => unknown,
  options: McpGateOptions = {},
): ((request: IncomingMessage, response: ServerResponse) => unknown) & McpTokens<GuardToken<G>> {
  const group = new OptionGroup('mcpNodeGuard', options, ['resource'])
  if (typeof handle !== 'function') throw group.error('handle', 'must be a function')
  const passed = new PassedAuthInfo<GuardToken<G>>(guard, group.string('resource'))
  const listener = nodeGuard(guard, (request, response, token) => handle(passed.attach(request, token), response))
  return Object.assign(listener, { tokenOf: (authInfo: AuthInfo | undefined) => passed.tokenOf(authInfo) })
}

/** A request of Node with the member that the transport of the SDK reads. */
export type McpIncomingMessage<Token extends object = ActiveIntrospectionResult> = IncomingMessage & {
  auth: McpAuthInfo<Token>
}

interface Pass<Token extends object> {
  readonly authInfo: McpAuthInfo<Token>
  readonly headers: Readonly<Record<string, string>>
}

function createPass<G extends Guard>(
  guard: G,
  options: McpGateOptions,
): McpTokens<GuardToken<G>> & { readonly pass: (request: Request) => Promise<Pass<GuardToken<G>> | Response> } {
  requireGuard(guard)
  const passed = new PassedAuthInfo<GuardToken<G>>(guard, new OptionGroup('', options, ['resource']).string('resource'))
  return {
    tokenOf: (authInfo) => passed.tokenOf(authInfo),
    async pass(request) {
      if (isPreflight(request)) return new Response(null, { status: 204 })
      const decision = await guard(request)
      if (!decision.allowed) return decision.toResponse()
      return { authInfo: passed.toAuthInfo(tokenReadBy(guard, request), decision.token), headers: decision.headers }
    },
  }
}

/** Makes `authInfo` for tools, and finds the answer in it again. */
class PassedAuthInfo<Token extends ActiveIntrospectionResult> {
  readonly #guard: Guard
  readonly #resource: string | undefined
  readonly #answers = new WeakSet<object>()

  /** @param resource - the identifier of this server. */
  constructor(guard: Guard, resource: string | undefined) {
    this.#guard = guard
    this.#resource = resource
  }

  toAuthInfo(token: string, answer: Token | undefined): McpAuthInfo<Token> {
    // The types exclude this, but callers may be plain JavaScript.
    if (answer === undefined)
      throw new TypeError('guard: must not be optional, because the SDK has no request without a token')
    const { clientId, scopes, expiresAt, resource } = authInfoOf(answer, this.#resource)
    this.#answers.add(answer)
    return {
      token,
      clientId,
      scopes,
      ...(expiresAt !== undefined && { expiresAt }),
      ...(resource !== undefined && { resource }),
      extra: answer,
    }
  }

  /** Puts `authInfo` where the transport for Node's requests reads it. */
  attach<Req extends IncomingMessage>(request: Req, answer: Token | undefined): Req & { auth: McpAuthInfo<Token> } {
    const token = tokenReadBy(this.#guard, toGuardRequest(request))
    return Object.assign(request, { auth: this.toAuthInfo(token, answer) })
  }

  tokenOf(authInfo: AuthInfo | undefined): Token {
    const answer: object | undefined = authInfo?.extra
    if (answer === undefined || !this.#answers.has(answer))
      throw new TypeError('authInfo: does not come from this guard')
    return answer as Token
  }
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

// The earlier name, which is the same in every entry.
export { mcpExpressGuard as requireToken }
