/** Step `request`: what the endpoint accepts, read and bounded (RFC 7662 §2.1). */
import {
  chooseMediaType,
  FORM_MEDIA_TYPE,
  Form,
  type IntrospectionRequest,
  JSON_MEDIA_TYPE,
  parseForm,
  parseIntrospectionRequest,
  parseMediaType,
  RequestInvalidError,
} from '@token-introspection/core'
import { RequestMediaTypeError, RequestMethodError, RequestNotAcceptableError } from '../errors.ts'
import type { HttpRequest, RequestBody } from '../http-message.ts'

/** Limits of the step. */
export interface RequestStep {
  readonly maxBodyBytes: number
  readonly maxParameters: number
  /** Whether `Accept` is not looked at, because an answer has no content to speak of. */
  readonly ignoresAccept?: boolean | undefined
}

/** A form that arrived as it should; nothing in it is believed yet. */
export interface ReceivedRequest {
  /** The `Authorization` field, when there is one. */
  readonly authorization: string | undefined
  readonly form: Form
}

const OFFERED = [JSON_MEDIA_TYPE] as const
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** Method, media type and size first, then the form. The URL is never looked at: parameters come from the body alone. */
export async function readRequest(request: HttpRequest, step: RequestStep): Promise<ReceivedRequest> {
  if (request.method !== 'POST') throw new RequestMethodError('the endpoint takes POST only')
  if (parseMediaType(request.header('content-type')) !== FORM_MEDIA_TYPE) {
    throw new RequestMediaTypeError(`the body must be ${FORM_MEDIA_TYPE}`)
  }
  const contentEncoding = request.header('content-encoding')
  if (contentEncoding !== undefined && contentEncoding.toLowerCase() !== 'identity') {
    throw new RequestMediaTypeError('the body must not be compressed')
  }
  if (!step.ignoresAccept && chooseMediaType(request.header('accept'), OFFERED) === undefined) {
    throw new RequestNotAcceptableError(`the answer is ${JSON_MEDIA_TYPE}`)
  }
  const form = toForm(await request.readBody(step.maxBodyBytes), step)
  return { authorization: request.header('authorization'), form }
}

/**
 * The introspection request inside the form, or the revocation request, which is alike (RFC 7009 §2.1); looked at only
 * once the caller is known.
 */
export function parseTokenRequest(received: ReceivedRequest): IntrospectionRequest {
  return parseIntrospectionRequest(received.form)
}

function toForm(body: RequestBody, step: RequestStep): Form {
  if (body instanceof Form) return checkParameterCount(body, step)
  return parseForm(typeof body === 'string' ? body : decode(body), step)
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
