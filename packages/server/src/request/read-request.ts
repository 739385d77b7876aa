/** Step `request`: what the endpoint accepts, read and bounded (RFC 7662 §2.1). */
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
import { RequestMediaTypeError, RequestMethodError, RequestNotAcceptableError } from '../errors.ts'
import type { HttpRequest, RequestBody } from '../http/http-message.ts'

/** Limits of the step. */
export interface RequestStep {
  readonly maxBodyBytes: number
  readonly maxParameters: number
  /** The media types an answer can have, the usual one first; none when an answer has no content to speak of. */
  readonly offered: readonly OfferedMediaType[]
}

/** A media type an answer can have (RFC 7662 §2.2, RFC 9701 §5). */
export type OfferedMediaType = typeof JSON_MEDIA_TYPE | typeof JWT_INTROSPECTION_MEDIA_TYPE

/** A form that arrived as it should; nothing in it is believed yet. */
export interface ReceivedRequest {
  /** The `Authorization` field, when there is one. */
  readonly authorization: string | undefined
  readonly form: Form
  /** What the answer is to be, by the `Accept` field; `undefined` when nothing was offered. */
  readonly mediaType: OfferedMediaType | undefined
  /** The request itself, for what its other fields and its connection say. */
  readonly http: HttpRequest
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** Method, media type and size first, then the form. The URL is never looked at: parameters come from the body alone. */
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
 * What the `Accept` field likes best. A field that no answer fits is disregarded, which RFC 9110 §12.5.1 allows, and the
 * answer is JSON: some HTTP libraries send fields that their users never see. A JWT that is demanded is not replaced.
 */
function negotiate(accept: string | undefined, offered: readonly OfferedMediaType[]): OfferedMediaType | undefined {
  const [usual] = offered
  const chosen = chooseMediaType(accept, offered)
  if (chosen === undefined && usual !== undefined && chooseMediaType(accept, JWTS) !== undefined) {
    throw new RequestNotAcceptableError(`the answer is ${offered.join(' or ')}`)
  }
  return chosen ?? usual
}

/** An answer as a JWT, and what it was called in drafts of RFC 9701. */
const JWTS = [JWT_INTROSPECTION_MEDIA_TYPE, 'application/jwt'] as const

/**
 * The introspection request inside the form, or the revocation request, which is alike (RFC 7009 §2.1); looked at only
 * once the caller is known.
 */
export function parseTokenRequest(received: ReceivedRequest): IntrospectionRequest {
  return parseIntrospectionRequest(received.form)
}

function toForm(body: RequestBody, step: RequestStep): Form {
  if (body instanceof Form) return checkParameterCount(body, step)
  return Form.parse(typeof body === 'string' ? body : decode(body), step.maxParameters)
}

/** A form that a framework parsed is bounded like any other; a name that is repeated counts once. */
function checkParameterCount(form: Form, step: RequestStep): Form {
  if ([...form.names()].length > step.maxParameters) throw new RequestInvalidError('the form has too many parameters')
  return form
}

function decode(octets: Uint8Array): string {
  try {
    return utf8.decode(octets)
  } catch {
    throw new RequestInvalidError('the body is not UTF-8')
  }
}
