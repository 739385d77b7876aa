/** The base of every error these packages throw on purpose, and the errors that both sides can throw. */
import { withCode, withoutCode } from './values/code-at-end.ts'
import { nameOfCode } from './values/name-of-code.ts'

const BRAND = Symbol.for('@token-introspection/IntrospectionError')

/**
 * Base of every error these packages throw on purpose. `code` is part of the public contract. `message` is not: it is
 * written for the operator, and ends with the code in brackets. It never holds a token, a secret or an assertion.
 *
 * Tell errors apart by `code`, or with `instanceof` on a subclass. When two copies of the package
 * may be loaded, use {@link isIntrospectionError}.
 */
export abstract class IntrospectionError extends Error {
  /** Stable identifier, prefixed by the step that failed. */
  abstract readonly code: `ERR_${string}`
  /** Whether the same call can succeed later without any change by the caller. */
  abstract readonly retryable: boolean

  /**
   * Ends the message with the code of the class, its static member `code`. The fields of a class are set after the message, so
   * the message of a class without that member has no code.
   */
  constructor(message = '', options?: ErrorOptions) {
    const { code } = new.target as { readonly code?: string }
    super(code === undefined ? message : withCode(message, code), options)
  }

  /** The name of the class. It comes from the code, because bundlers and minifiers rename classes. */
  override get name(): string {
    const { constructor } = this
    const code: unknown = Object.hasOwn(constructor, 'code') && (constructor as { readonly code?: unknown }).code
    return typeof code === 'string' ? nameOfCode(code) : constructor.name
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

/** The message of an error without its code, for a message that quotes it and ends with a code of its own. */
export function messageOf(error: Error): string {
  return isIntrospectionError(error) ? withoutCode(error.message, error.code) : error.message
}

/**
 * A request breaks the grammar of RFC 7662 §2.1 or RFC 6749 §3.2: it has no `token`, repeats a parameter, has a broken
 * percent-escape or too many parameters. The server answers 400 `invalid_request`.
 */
export class RequestInvalidError extends IntrospectionError {
  static readonly code = 'ERR_REQUEST_INVALID'
  readonly code = RequestInvalidError.code
  readonly retryable = false
}

/**
 * An answer does not have the form that its standard requires: it is not JSON, not an object, has a registered member
 * of the wrong type, or repeats a name. The message names members, never their values.
 */
export class ResponseMalformedError extends IntrospectionError {
  static readonly code = 'ERR_RESPONSE_MALFORMED'
  readonly code = ResponseMalformedError.code
  readonly retryable = false
}

/**
 * An option or a client authentication has a function that finds a secret, and the function threw, or returned something that
 * cannot be used. A function that signs fails in the same way. Nothing was decided about a token. The function is called again
 * with the next use, that of an option also when it has not answered for 5 seconds. A guard answers 503.
 */
export class SecretUnavailableError extends IntrospectionError {
  static readonly code = 'ERR_SECRET_UNAVAILABLE'
  readonly code = SecretUnavailableError.code
  readonly retryable = true
}
