/** Step `response`: what went wrong, as HTTP and in no more words than the standard asks (RFC 6749 §5.2). */
import { buildErrorResponse, isErrorText, isIntrospectionError } from '@token-introspection/core'
import type { HttpResponse } from '../http-message.ts'
import { RESPONSE_HEADERS } from './write-response.ts'

/** What errors of every endpoint need. */
export interface ErrorResponseStep {
  /** The challenge every 401 carries. */
  readonly challenge: string
  readonly retryAfterSeconds: number
}

interface WireError {
  readonly status: number
  readonly error: string
  readonly description?: string
}

/** What each code becomes on the wire. The request's own faults are named; ours and the credentials' are not. */
const WIRE_ERRORS: Readonly<Record<string, WireError>> = {
  ERR_REQUEST_INVALID: { status: 400, error: 'invalid_request' },
  ERR_REQUEST_METHOD: { status: 405, error: 'invalid_request', description: 'the method must be POST' },
  ERR_REQUEST_MEDIA_TYPE: {
    status: 415,
    error: 'invalid_request',
    description: 'the body must be application/x-www-form-urlencoded',
  },
  ERR_REQUEST_TOO_LARGE: { status: 413, error: 'invalid_request', description: 'the body is too large' },
  ERR_REQUEST_NOT_ACCEPTABLE: { status: 406, error: 'invalid_request', description: 'the answer is application/json' },
  ERR_CLIENT_AUTHENTICATION_FAILED: { status: 401, error: 'invalid_client' },
  ERR_CLIENT_AUTHENTICATION_REGISTRY: { status: 503, error: 'temporarily_unavailable' },
  ERR_AUTHORIZATION_TOKEN_OWNER: {
    status: 400,
    error: 'unauthorized_client',
    description: 'the token was not issued to this client',
  },
  ERR_LOOKUP_STORE: { status: 503, error: 'temporarily_unavailable' },
  ERR_REVOCATION_STORE: { status: 503, error: 'temporarily_unavailable' },
}

const SERVER_ERROR: WireError = { status: 500, error: 'server_error' }

/** Writes an error response. Anything unexpected is a 500 that says nothing. */
export function writeErrorResponse(error: unknown, step: ErrorResponseStep): HttpResponse {
  const wire = (isIntrospectionError(error) && WIRE_ERRORS[error.code]) || SERVER_ERROR
  const description = wire === WIRE_ERRORS['ERR_REQUEST_INVALID'] ? describeRequestFault(error) : wire.description
  const headers: Record<string, string> = { ...RESPONSE_HEADERS }
  if (wire.status === 401) headers['www-authenticate'] = step.challenge
  if (wire.status === 405) headers['allow'] = 'POST'
  if (wire.status === 503) headers['retry-after'] = String(step.retryAfterSeconds)
  return { status: wire.status, headers, body: JSON.stringify(buildErrorResponse(wire.error, description)) }
}

/**
 * Messages of request errors are ours and name parameters of ours; quotes are not allowed on the wire. An adapter may
 * throw one with words of its own: they are left out when the wire does not allow them.
 */
function describeRequestFault(error: unknown): string | undefined {
  const description = (error as Error).message.replaceAll('"', "'")
  return isErrorText(description) ? description : undefined
}
