/** Step `token`: the form in the body of a request, for guards that read tokens from forms (RFC 6750 §2.2). */
import { FORM_MEDIA_TYPE, parseMediaType } from '@token-introspection/core'
import type { MaybePromise } from '@token-introspection/core/maybe-promise'
import { readBody } from '@token-introspection/core/read-body'
import { TokenTooLongError } from '../errors.ts'
import type { GuardRequest, RequestForm } from './guard-request.ts'

/** A longer body is not read to its end. Tokens are shorter. */
const MAX_FORM_BYTES = 65_536

/** Stands for a form that is too long, of which only the beginning was read. */
export const FORM_TOO_LONG: unique symbol = Symbol('form too long')

/** A form, or the reason why there is none. */
export type FoundForm = RequestForm | typeof FORM_TOO_LONG | undefined

/** Methods whose body has no meaning (RFC 9110 §9.3). */
const BODILESS = new Set(['GET', 'HEAD', 'DELETE', 'OPTIONS', 'TRACE', 'CONNECT'])

/** Stands for a form that broke off: a token parameter that is not a string makes the request malformed. */
const BROKEN_OFF: RequestForm = Object.freeze({ access_token: Object.freeze([undefined]) })

/**
 * The form of a request: the parsed form, or the form in a web `Request`, whose body stays readable for the handler.
 * `undefined` when there is no form with a token, or other code is reading the body. A form that breaks off makes the
 * request malformed, and is not an error of this program. {@link FORM_TOO_LONG} for a web `Request` whose body has more
 * than {@link MAX_FORM_BYTES}.
 */
export function readRequestForm(request: GuardRequest): MaybePromise<FoundForm> {
  if (request.method === undefined || BODILESS.has(request.method.toUpperCase())) return undefined
  if (parseMediaType(request.headers.get('content-type') ?? undefined) !== FORM_MEDIA_TYPE) return undefined
  const { form } = request
  return form === undefined || typeof form === 'function' ? readFormLater(request, form) : form
}

async function readFormLater(
  request: GuardRequest,
  readForm: (() => MaybePromise<RequestForm | undefined>) | undefined,
): Promise<FoundForm> {
  try {
    return readForm === undefined ? await readWebForm(request) : await readForm()
  } catch {
    return BROKEN_OFF
  }
}

async function readWebForm(request: GuardRequest): Promise<FoundForm> {
  if (!(request instanceof Request) || request.bodyUsed || request.body === null || request.body.locked) {
    return undefined
  }
  const octets = await readBody(request.clone().body, MAX_FORM_BYTES)
  return octets === undefined ? FORM_TOO_LONG : new URLSearchParams(new TextDecoder().decode(octets))
}

/** The unread form may hold a token, so the request does not count as one without a token. */
export function formTooLong(): TokenTooLongError {
  return new TokenTooLongError(
    `the form has more than ${MAX_FORM_BYTES} octets, the most that a guard reads to find access_token, and there is no token ` +
      'elsewhere; send a shorter form, or send the token in the Authorization header field',
  )
}
