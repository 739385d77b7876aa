/** Step `response`: writes errors as HTTP, without more detail than the standard asks for (RFC 6749 §5.2). */
import {
  buildErrorResponse,
  chooseMediaType,
  isErrorText,
  isIntrospectionError,
  JSON_MEDIA_TYPE,
  JWT_INTROSPECTION_MEDIA_TYPE,
  messageOf,
} from '@token-introspection/core'
import {
  ClientAuthenticationChallengeError,
  ClientAuthenticationScopeError,
  ClientAuthenticationTokenError,
  type FeedFollowersError,
  type LimitsExceededError,
} from '../errors.ts'
import type { HttpRequest, HttpResponse } from '../http/http-message.ts'
import { RESPONSE_HEADERS } from './write-response.ts'

/** What error responses need. */
export interface ErrorResponseStep {
  /** The challenge in every 401. */
  readonly challenge: string
  readonly retryAfterSeconds: number
  /** The methods of the endpoint, as in `Allow`. Default `POST`. */
  readonly methods?: string | undefined
  /** Set when the endpoint offers JWT answers. */
  readonly jwt?: object | undefined
}

interface WireError {
  readonly status: number
  readonly error: string
  readonly description?: string
  /** Whether a 503 may concern one token or one caller, and not the whole endpoint. Then it has no `Retry-After`. */
  readonly ofOneRequest?: true
}

/** The response for each error code. It describes faults of the request, but not internal failures or wrong credentials. */
const WIRE_ERRORS: Readonly<Record<string, WireError>> = {
  ERR_REQUEST_INVALID: { status: 400, error: 'invalid_request' },
  ERR_REQUEST_METHOD: { status: 405, error: 'invalid_request' },
  ERR_REQUEST_MEDIA_TYPE: {
    status: 415,
    error: 'invalid_request',
    description: 'the body must be application/x-www-form-urlencoded',
  },
  ERR_REQUEST_TOO_LARGE: { status: 413, error: 'invalid_request', description: 'the body is too large' },
  ERR_REQUEST_NOT_ACCEPTABLE: { status: 406, error: 'invalid_request' },
  ERR_CLIENT_AUTHENTICATION_MISSING: { status: 401, error: 'invalid_client' },
  ERR_CLIENT_AUTHENTICATION_FAILED: { status: 401, error: 'invalid_client' },
  ERR_CLIENT_AUTHENTICATION_CHALLENGE: { status: 400, error: 'use_attestation_challenge' },
  ERR_CLIENT_AUTHENTICATION_TOKEN: { status: 401, error: 'invalid_token' },
  ERR_CLIENT_AUTHENTICATION_SCOPE: { status: 401, error: 'insufficient_scope' },
  ERR_CLIENT_AUTHENTICATION_BUSY: { status: 503, error: 'temporarily_unavailable' },
  ERR_CLIENT_AUTHENTICATION_KEYS: { status: 503, error: 'temporarily_unavailable' },
  ERR_CLIENT_AUTHENTICATION_REPLAY_STORE: { status: 503, error: 'temporarily_unavailable' },
  ERR_CLIENT_AUTHENTICATION_REGISTRY: { status: 503, error: 'temporarily_unavailable' },
  ERR_AUTHORIZATION_TOKEN_OWNER: {
    status: 400,
    error: 'unauthorized_client',
    description: 'the token was not issued to this client',
  },
  ERR_LIMITS_EXCEEDED: { status: 429, error: 'temporarily_unavailable', description: 'too many requests' },
  ERR_LIMITS_LIMITER: { status: 503, error: 'temporarily_unavailable' },
  ERR_RESPONSE_KEYS_UNAVAILABLE: { status: 503, error: 'temporarily_unavailable' },
  ERR_LOOKUP_STORE: {
    status: 503,
    error: 'temporarily_unavailable',
    description: 'the token could not be looked up',
    ofOneRequest: true,
  },
  ERR_SECRET_UNAVAILABLE: { status: 503, error: 'temporarily_unavailable', ofOneRequest: true },
  ERR_FEED_LOG: { status: 503, error: 'temporarily_unavailable' },
  ERR_FEED_CLOSED: { status: 503, error: 'temporarily_unavailable' },
  ERR_FEED_FOLLOWERS: { status: 429, error: 'temporarily_unavailable', description: 'too many waiting followers' },
  ERR_REVOCATION_STORE: { status: 503, error: 'temporarily_unavailable' },
}

/** The codes whose message describes the error on the wire. */
const DESCRIBED_BY_MESSAGE: readonly string[] = ['ERR_REQUEST_INVALID', 'ERR_REQUEST_NOT_ACCEPTABLE']

/** A caller that demands a JWT without credentials gets 400 (RFC 9701 §5) instead of 401 (RFC 7662 §2.3). */
const NO_CREDENTIALS_FOR_JWT: WireError = {
  status: 400,
  error: 'invalid_request',
  description: 'client authentication is missing',
}

const SERVER_ERROR: WireError = { status: 500, error: 'server_error' }

/** Writes an error response. It is always JSON. An unexpected error is a 500 without details. */
export function writeErrorResponse(error: unknown, step: ErrorResponseStep, request: HttpRequest): HttpResponse {
  const wire = toWireError(error, step, request)
  const methods = step.methods ?? 'POST'
  const description =
    wire.status === 405
      ? `the method must be ${methods.replace(', ', ' or ')}`
      : (wire.description ?? describeRequestFault(error))
  const headers: Record<string, string> = { ...RESPONSE_HEADERS }
  if (wire.status === 401) headers['www-authenticate'] = step.challenge
  // The challenge says what is wrong with an access token (RFC 6750 §3.1), also with 403.
  if (error instanceof ClientAuthenticationTokenError || error instanceof ClientAuthenticationScopeError) {
    headers['www-authenticate'] = error.challenge
  }
  if (error instanceof ClientAuthenticationChallengeError) {
    headers['oauth-client-attestation-challenge'] = error.challenge
  }
  if (wire.status === 405) headers['allow'] = methods
  if (wire.status === 429)
    headers['retry-after'] = String((error as LimitsExceededError | FeedFollowersError).retryAfterSeconds)
  // Retry-After asks for a pause of all requests (RFC 9110 §10.2.3), but a resolver may have failed for one token only.
  if (wire.status === 503 && wire.ofOneRequest === undefined) headers['retry-after'] = String(step.retryAfterSeconds)
  return { status: wire.status, headers, body: JSON.stringify(buildErrorResponse(wire.error, description)) }
}

function toWireError(error: unknown, step: ErrorResponseStep, request: HttpRequest): WireError {
  if (!isIntrospectionError(error)) return SERVER_ERROR
  if (error.code === 'ERR_CLIENT_AUTHENTICATION_MISSING' && step.jwt !== undefined && demandsJwt(request)) {
    return NO_CREDENTIALS_FOR_JWT
  }
  const wire = WIRE_ERRORS[error.code] ?? SERVER_ERROR
  return error instanceof ClientAuthenticationScopeError ? { ...wire, status: error.status } : wire
}

/** Whether the caller accepts only a JWT. */
function demandsJwt(request: HttpRequest): boolean {
  const accept = request.header('accept')
  const takesJwt = chooseMediaType(accept, [JWT_INTROSPECTION_MEDIA_TYPE]) !== undefined
  return takesJwt && chooseMediaType(accept, [JSON_MEDIA_TYPE]) === undefined
}

/**
 * Messages of request errors come from this library and name known parameters. Quotes are not allowed on the wire. An adapter may
 * throw a request error with another message, which is left out if it has forbidden characters.
 */
function describeRequestFault(error: unknown): string | undefined {
  if (!isIntrospectionError(error) || !DESCRIBED_BY_MESSAGE.includes(error.code)) return undefined
  const description = messageOf(error).replaceAll('"', "'")
  return isErrorText(description) ? description : undefined
}
