/** The verifier for the middleware of the MCP SDK. */
import { OptionGroup } from '@token-introspection/core/options'
import type { ActiveIntrospectionResult, Guard, GuardToken } from '../index.ts'
import { type McpAuthInfo, type McpGateOptions, type McpTokens, PassedAuthInfo } from './mcp-auth-info.ts'
import { requireGuard } from './middleware-options.ts'

/** The `verifier` of the SDK's `requireBearerAuth`. */
export interface TokenVerifier<Token extends object = ActiveIntrospectionResult> extends McpTokens<Token> {
  /** Returns the data of the token, or throws an error by which `requireBearerAuth` refuses. */
  verifyAccessToken(token: string): Promise<McpAuthInfo<Token>>
}

/** An error class of the SDK. */
export type McpErrorClass = new (message: string) => Error

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
