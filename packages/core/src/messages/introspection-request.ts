/** The introspection request (RFC 7662 §2.1): encodes it and parses it. */
import { RequestInvalidError } from '../errors.ts'
import { encodeForm, type Form, parseForm } from '../http/form.ts'
import type { TokenTypeHint } from '../values/token-type-hint.ts'

/** The request of a protected resource. */
export interface IntrospectionRequest {
  /** The token, exactly as it was presented. */
  readonly token: string
  /** The kind of token, as a hint. Leave it out unless it helps the authorization server. */
  readonly tokenTypeHint?: TokenTypeHint
  /** Every parameter of the form, for context of your own such as `resource` (RFC 7662 §2.1). */
  readonly parameters: Form
}

/** The parameters for {@link encodeIntrospectionRequest}. */
export interface IntrospectionRequestParameters {
  readonly token: string
  readonly token_type_hint?: TokenTypeHint | undefined
  /** Further parameters, sent after the two of RFC 7662. */
  readonly [name: string]: string | undefined
}

/**
 * Encodes an introspection request as `application/x-www-form-urlencoded`.
 *
 * @example
 * ```ts
 * import { encodeIntrospectionRequest } from '@token-introspection/core'
 *
 * encodeIntrospectionRequest({ token: 'mF_9.B5f-4.1JqM', token_type_hint: 'access_token' })
 * // 'token=mF_9.B5f-4.1JqM&token_type_hint=access_token'
 * ```
 * @see [RFC 7662 §2.1](https://www.rfc-editor.org/rfc/rfc7662.html#section-2.1)
 */
export function encodeIntrospectionRequest(parameters: IntrospectionRequestParameters): string {
  const { token, token_type_hint } = parameters
  const present: [string, string][] = [['token', token]]
  if (token_type_hint !== undefined) present.push(['token_type_hint', token_type_hint])
  for (const name of Object.keys(parameters)) {
    const value = parameters[name]
    if (value !== undefined && name !== 'token' && name !== 'token_type_hint') present.push([name, value])
  }
  return encodeForm(present)
}

/**
 * Parses an introspection request. An unknown hint is kept unchanged, and unknown parameters are kept aside. Neither is
 * an error (RFC 7009 §2.2, RFC 6749 §3.2).
 *
 * @param body - the body's text, or a form that is already parsed.
 * @throws {@link RequestInvalidError} when `token` is missing or empty, or `token` or `token_type_hint` is repeated.
 */
export function parseIntrospectionRequest(body: string | Form): IntrospectionRequest {
  const parameters = typeof body === 'string' ? parseForm(body) : body
  const token = parameters.get('token')
  if (token === undefined) throw new RequestInvalidError('the parameter "token" is missing')
  const tokenTypeHint = parameters.get('token_type_hint')
  return tokenTypeHint === undefined ? { token, parameters } : { token, tokenTypeHint, parameters }
}
