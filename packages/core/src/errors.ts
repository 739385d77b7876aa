/** The base of every error these packages throw on purpose, and the two that parsing can throw. */

const BRAND = Symbol.for('@token-introspection/IntrospectionError')

/**
 * Base of every error these packages throw on purpose. `code` is part of the public contract. `message` is not: it is
 * written for the operator. It never holds a token, a secret or an assertion.
 *
 * Tell errors apart by `code`, or with `instanceof` on a subclass. When two copies of the package
 * may be loaded, use {@link isIntrospectionError}.
 */
export abstract class IntrospectionError extends Error {
  /** Stable identifier, prefixed by the step that failed. */
  abstract readonly code: `ERR_${string}`
  /** Whether the same call can succeed later without any change by the caller. */
  abstract readonly retryable: boolean

  override get name(): string {
    return this.constructor.name
  }

  /** @internal */
  get [BRAND](): true {
    return true
  }
}

/**
 * Whether a caught value is an error of these packages, even when another copy of the package threw it.
 *
 * @example
 * ```ts
 * import { isIntrospectionError } from '@token-introspection/core'
 *
 * export function statusOf(error: unknown): number {
 *   return isIntrospectionError(error) && error.retryable ? 503 : 500
 * }
 * ```
 */
export function isIntrospectionError(value: unknown): value is IntrospectionError {
  return typeof value === 'object' && value !== null && (value as { [BRAND]?: unknown })[BRAND] === true
}

/**
 * A request breaks the grammar of RFC 7662 §2.1 or RFC 6749 §3.2: it has no `token`, repeats a parameter, has a broken
 * percent-escape or too many parameters. The server answers 400 `invalid_request`.
 */
export class RequestInvalidError extends IntrospectionError {
  readonly code = 'ERR_REQUEST_INVALID'
  readonly retryable = false
}

/**
 * An answer does not have the form that its standard requires: it is not JSON, not an object, has a registered member
 * of the wrong type, or repeats a name. The message names members, never their values.
 */
export class ResponseMalformedError extends IntrospectionError {
  readonly code = 'ERR_RESPONSE_MALFORMED'
  readonly retryable = false
}

/**
 * An option or a client authentication has a function that finds a secret, and the function threw, or returned something that
 * cannot be used. A function that signs fails in the same way. Nothing was decided about a token. The function is called again
 * with the next use, that of an option also when it has not answered for 5 seconds. A guard answers 503.
 */
export class SecretUnavailableError extends IntrospectionError {
  readonly code = 'ERR_SECRET_UNAVAILABLE'
  readonly retryable = true
}
