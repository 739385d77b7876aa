/** Step `request`: reads and checks the request within its limits (RFC 7662 §2.1). */
import {
  chooseMediaType,
  FORM_MEDIA_TYPE,
  Form,
  type IntrospectionRequest,
  type JSON_MEDIA_TYPE,
  JWT_INTROSPECTION_MEDIA_TYPE,
  parseIntrospectionRequest,
  parseMediaType,
  RequestInvalidError,
} from '@token-introspection/core'
import { andThen, type MaybePromise } from '@token-introspection/core/maybe-promise'
import {
  RequestMediaTypeError,
  RequestMethodError,
  RequestNotAcceptableError,
  RequestTooLargeError,
} from '../errors.ts'
import type { HttpRequest, RequestBody } from '../http/http-message.ts'

/** The limits of the step that every endpoint has. */
export interface RequestLimits {
  readonly maxBodyBytes: number
  readonly maxParameters: number
  readonly maxParameterLength: number
}

/** The resolved options of the step. */
export interface RequestStep extends RequestLimits {
  /** The largest number of characters of a hint. `undefined`: no limit. */
  readonly maxHintLength?: number | undefined
  /** The media types of answers, the usual one first. Empty when answers have no content. */
  readonly offered: readonly OfferedMediaType[]
}

/** A media type of answers (RFC 7662 §2.2, RFC 9701 §5). */
export type OfferedMediaType = typeof JSON_MEDIA_TYPE | typeof JWT_INTROSPECTION_MEDIA_TYPE

/** A well-formed request. Its content is not verified yet. */
export interface ReceivedRequest {
  /** The value of the `Authorization` field, if there is one. */
  readonly authorization: string | undefined
  readonly form: Form
  /** The media type of the answer, chosen by the `Accept` field. `undefined` when none is offered. */
  readonly mediaType: OfferedMediaType | undefined
  /** The request itself, for its other header fields and its connection. */
  readonly http: HttpRequest
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** Checks method, media type and size, and then reads the form. It ignores the URL: parameters come only from the body. */
export function readRequest(request: HttpRequest, step: RequestStep): MaybePromise<ReceivedRequest> {
  if (request.method !== 'POST') throw new RequestMethodError('the endpoint takes POST only')
  if (parseMediaType(request.header('content-type')) !== FORM_MEDIA_TYPE) {
    throw new RequestMediaTypeError(`the body must be ${FORM_MEDIA_TYPE}`)
  }
  const contentEncoding = request.header('content-encoding')
  if (contentEncoding !== undefined && contentEncoding.toLowerCase() !== 'identity') {
    throw new RequestMediaTypeError('the body must not be compressed')
  }
  const mediaType = negotiate(request.header('accept'), step.offered)
  return andThen(request.readBody(step.maxBodyBytes), (body) => ({
    authorization: request.header('authorization'),
    form: toForm(body, step),
    mediaType,
    http: request,
  }))
}

/**
 * Chooses the media type that the `Accept` field prefers. If the field fits no media type, the handler ignores it and answers
 * JSON, as RFC 9110 §12.5.1 allows, because some HTTP libraries send fields that their users never see. Only a demanded JWT is
 * not replaced.
 */
function negotiate(accept: string | undefined, offered: readonly OfferedMediaType[]): OfferedMediaType | undefined {
  const [usual] = offered
  const chosen = chooseMediaType(accept, offered)
  if (chosen === undefined && usual !== undefined && chooseMediaType(accept, JWTS) !== undefined) {
    throw new RequestNotAcceptableError(`the answer is ${offered.join(' or ')}`)
  }
  return chosen ?? usual
}

/** The media type of a JWT answer, and its name in drafts of RFC 9701. */
const JWTS = [JWT_INTROSPECTION_MEDIA_TYPE, 'application/jwt'] as const

/**
 * Parses the introspection request in the form, or the revocation request, which has the same parameters (RFC 7009 §2.1). It is
 * called after the caller is authenticated. A hint that is too long counts as absent.
 */
export function parseTokenRequest(
  { form }: ReceivedRequest,
  { maxHintLength = Number.POSITIVE_INFINITY }: RequestStep,
): IntrospectionRequest {
  const request = parseIntrospectionRequest(form)
  const { token, tokenTypeHint, parameters } = request
  return tokenTypeHint !== undefined && tokenTypeHint.length > maxHintLength ? { token, parameters } : request
}

/** Parses the body, or takes the form that a framework parsed, and checks its parameters. */
function toForm(body: RequestBody, limits: RequestLimits): Form {
  if (body instanceof Form) return checkParameters(body, limits)
  const form = Form.parse(typeof body === 'string' ? body : decode(body), limits.maxParameters)
  // Decoding makes no parameter longer, so the parameters of a short body are short.
  return body.length > limits.maxParameterLength ? checkParameters(form, limits) : form
}

/** The parameters that have limits of their own. */
const OTHERWISE_LIMITED: ReadonlySet<string> = new Set(['token', 'token_type_hint', 'client_assertion'])

/**
 * Checks the number of parameters and their lengths. The message does not name the parameter, because a sender chooses names.
 *
 * @throws RequestInvalidError for too many, RequestTooLargeError for one that is too long.
 */
export function checkParameters(form: Form, { maxParameters, maxParameterLength }: RequestLimits): Form {
  let parameters = 0
  for (const name of form.names()) {
    for (const value of form.getAll(name)) {
      if (++parameters > maxParameters) throw new RequestInvalidError('the form has too many parameters')
      if (name.length + value.length <= maxParameterLength || OTHERWISE_LIMITED.has(name)) continue
      throw new RequestTooLargeError(
        `a parameter has ${name.length + value.length} characters with its name; request.maxParameterLength is ${maxParameterLength}`,
      )
    }
  }
  return form
}

function decode(octets: Uint8Array): string {
  try {
    return utf8.decode(octets)
  } catch {
    throw new RequestInvalidError('the body is not UTF-8')
  }
}
