/** Step `result`: a request that may not pass, with the response to send (RFC 6750 §3). */
import { buildChallenge, type ChallengeParameters, JSON_MEDIA_TYPE } from '@token-introspection/core'
import type { IntrospectionError } from '../errors.ts'

/** Why a guard refuses. */
export type RefusalReason =
  | 'token_absent'
  | 'request_malformed'
  | 'token_inactive'
  | 'token_kind'
  | 'confirmation'
  | 'audience'
  | 'scope'
  | 'unavailable'

/** What a {@link Refusal} is made of. */
export interface RefusalParts {
  readonly reason: RefusalReason
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  readonly error?: IntrospectionError | undefined
}

/** A refused request: status, header fields and body to send, in plain data or as a web `Response`. */
export class Refusal {
  readonly allowed = false
  /** Why, for your log; the response says no more than the standard asks. */
  readonly reason: RefusalReason
  readonly status: number
  /** Header fields by lower-case name. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  /** What failed, when the token could not be checked at all. */
  readonly error: IntrospectionError | undefined

  constructor(parts: RefusalParts) {
    this.reason = parts.reason
    this.status = parts.status
    this.headers = parts.headers
    this.body = parts.body
    this.error = parts.error
  }

  /** The refusal as a web `Response`. */
  toResponse(): Response {
    return new Response(this.body, { status: this.status, headers: { ...this.headers } })
  }
}

/** What stands in every challenge of a guard. */
export interface ChallengeSettings {
  readonly realm: string
}

/** No credentials: 401 with a challenge that names no error (RFC 6750 §3.1). */
export function refuseAbsentToken(settings: ChallengeSettings): Refusal {
  return challenge('token_absent', 401, undefined, settings)
}

/** Broken or repeated credentials: 400 `invalid_request` (RFC 6750 §3.1). */
export function refuseMalformedRequest(settings: ChallengeSettings): Refusal {
  return challenge('request_malformed', 400, 'invalid_request', settings)
}

/** Not active, or not an access token for this resource server: 401 `invalid_token` (RFC 6750 §3.1). */
export function refuseToken(
  reason: 'token_inactive' | 'token_kind' | 'confirmation' | 'audience',
  settings: ChallengeSettings,
): Refusal {
  return challenge(reason, 401, 'invalid_token', settings)
}

/** Too little scope: 403 `insufficient_scope`, naming what the route wants (RFC 6750 §3.1). */
export function refuseScope(required: readonly string[], settings: ChallengeSettings): Refusal {
  return challenge('scope', 403, 'insufficient_scope', settings, { scope: required.join(' ') })
}

/** The token could not be checked. Never 401: the token may be perfectly good (RFC 6750 §3.1). */
export function refuseUnchecked(error: IntrospectionError): Refusal {
  const status = statusOf(error)
  const headers: Record<string, string> = { 'content-type': JSON_MEDIA_TYPE, 'cache-control': 'no-store' }
  if (status === 503) {
    const { retryAfterSeconds } = error as { retryAfterSeconds?: number }
    if (retryAfterSeconds !== undefined) headers['retry-after'] = String(retryAfterSeconds)
  }
  const body = JSON.stringify({ error: status === 503 ? 'temporarily_unavailable' : 'server_error' })
  return new Refusal({ reason: 'unavailable', status, headers, body, error })
}

function statusOf(error: IntrospectionError): number {
  if (error.retryable) return 503
  switch (error.code) {
    case 'ERR_TRANSPORT_UNAUTHORIZED':
    case 'ERR_TRANSPORT_ENDPOINT_MISSING':
      return 500
    default:
      return 502
  }
}

function challenge(
  reason: RefusalReason,
  status: number,
  error: string | undefined,
  settings: ChallengeSettings,
  parameters: ChallengeParameters = {},
): Refusal {
  const headers: Record<string, string> = {
    'www-authenticate': buildChallenge('Bearer', { realm: settings.realm, error, ...parameters }),
    'cache-control': 'no-store',
  }
  if (error !== undefined) headers['content-type'] = JSON_MEDIA_TYPE
  return new Refusal({ reason, status, headers, body: error === undefined ? '' : JSON.stringify({ error }) })
}
