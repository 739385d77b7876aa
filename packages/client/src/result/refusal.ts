/** Step `result`: a refused request, with the response to send (RFC 6750 §3, RFC 9449 §7.1, RFC 9470 §3). */
import { buildChallenge, type ChallengeParameters, JSON_MEDIA_TYPE } from '@token-introspection/core'
import type { IntrospectionError } from '../errors.ts'
import type { RefusalGrounds } from '../policy/find-mismatch.ts'
import type { Mismatch } from '../policy/mismatch.ts'

/** Why a guard refuses a request. */
export type RefusalReason =
  | 'token_absent'
  | 'request_malformed'
  | 'token_too_long'
  | 'origin'
  | 'token_inactive'
  | 'token_kind'
  | 'issuer'
  | 'audience'
  | 'confirmation'
  | 'proof'
  | 'nonce'
  | 'scope'
  | 'authorization_details'
  | 'permissions'
  | 'authentication'
  | 'check'
  | 'unavailable'

/** The parts of a {@link Refusal}. */
export interface RefusalParts {
  readonly reason: RefusalReason
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  readonly error?: IntrospectionError | undefined
  readonly detail?: string | undefined
  readonly mismatch?: Mismatch | undefined
}

/** A refused request. It has the status, header fields and body to send, as plain data or as a web `Response`. */
export class Refusal {
  readonly allowed = false
  /** The reason, for your log. The response says no more than the standard asks. */
  readonly reason: RefusalReason
  readonly status: number
  /** Header fields by lower-case name. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  /** The error, when the token could not be checked or was too long. */
  readonly error: IntrospectionError | undefined
  /**
   * Why, for people to read. For `token_absent` and `request_malformed`: what to send. For `origin`, `token_kind`, `issuer`, `audience`,
   * `scope`, `authentication`, `confirmation` and `proof`: what the request or the token has and what this guard wants, such as `unexpected aud "https://a.example",
   * expected "https://b.example"`. For `token_inactive`: who says so, with the times that were compared; `undefined` for an
   * answer from a store that processes share. For `token_too_long` and `unavailable`: the message of the error. For your
   * log, never for the response. `undefined` for other reasons.
   */
  readonly detail: string | undefined
  /**
   * The same as data, for the reasons `token_kind`, `issuer`, `audience`, `scope` and `authentication`: what this guard
   * requires, what the token has and what is missing. `undefined` for other reasons.
   *
   * @example
   * ```ts
   * import type { Refusal } from '@token-introspection/client'
   *
   * export function missingScopes({ mismatch }: Refusal): readonly string[] {
   *   return mismatch?.reason === 'scope' ? (mismatch.missing ?? []) : []
   * }
   * ```
   */
  readonly mismatch: Mismatch | undefined
  /**
   * Always absent. It lets code that is compiled without `strict` read it, where `!allowed` does not narrow the type.
   */
  declare readonly token?: undefined

  constructor(parts: RefusalParts) {
    this.reason = parts.reason
    this.status = parts.status
    this.headers = parts.headers
    this.body = parts.body
    this.error = parts.error
    this.detail = parts.detail
    this.mismatch = parts.mismatch
  }

  /** Creates the refusal as a web `Response`. */
  toResponse(): Response {
    // An empty text would get a media type.
    return new Response(this.body === '' ? null : this.body, { status: this.status, headers: { ...this.headers } })
  }
}

/** A scheme by which a token may be presented. */
export type TokenScheme = 'Bearer' | 'DPoP'

/** The parts of every challenge of a guard. */
export interface ChallengeSettings {
  readonly realm: string
  /** One challenge for each scheme. */
  readonly schemes: readonly TokenScheme[]
  /** Algorithms of DPoP proofs, with a space between them (RFC 9449 §7.1). */
  readonly algs?: string | undefined
  /** The URL of the protected resource's metadata (RFC 9728 §5.1). */
  readonly resourceMetadata?: string | undefined
  /**
   * All scopes that the guard requires. With `resourceMetadata`, every challenge that sends clients to the authorization server
   * names them, so that one token is enough (RFC 6750 §3).
   */
  readonly scope?: string | undefined
}

/**
 * The reasons that send a client to the authorization server for another token, beside `scope`. The client has to know then
 * what to ask for.
 */
const CURED_BY_ANOTHER_TOKEN: ReadonlySet<RefusalReason> = new Set([
  'token_absent',
  'token_inactive',
  'token_kind',
  'issuer',
  'audience',
  'confirmation',
  'authentication',
])

/** The challenge for a presented token. */
interface Complaint {
  readonly error: string
  /** The scheme by which the token was presented. Only the challenge of this scheme names the error (RFC 9449 §7.2). */
  readonly scheme?: TokenScheme | undefined
  readonly parameters?: ChallengeParameters
  readonly headers?: Readonly<Record<string, string>>
  /** For the log, not for the response. */
  readonly grounds?: RefusalGrounds | undefined
}

const NO_GROUNDS: RefusalGrounds = Object.freeze({})

/** No credentials: 401 with challenges that name no error (RFC 6750 §3.1). */
export function refuseAbsentToken(settings: ChallengeSettings, detail?: string): Refusal {
  return challenge('token_absent', 401, settings, undefined, detail)
}

/** Broken or repeated credentials: 400 `invalid_request` (RFC 6750 §3.1). */
export function refuseMalformedRequest(settings: ChallengeSettings, detail?: string): Refusal {
  return challenge('request_malformed', 400, settings, { error: 'invalid_request', grounds: { detail } })
}

/** Not active, or not an access token for this resource server: 401 `invalid_token` (RFC 6750 §3.1). */
export function refuseToken(
  reason: 'token_inactive' | 'token_kind' | 'issuer' | 'audience' | 'confirmation',
  settings: ChallengeSettings,
  scheme: TokenScheme = 'Bearer',
  grounds?: RefusalGrounds,
): Refusal {
  return challenge(reason, 401, settings, { error: 'invalid_token', scheme, grounds })
}

/** A wrong proof of possession: 401 `invalid_dpop_proof` (RFC 9449 §7.1). */
export function refuseProof(settings: ChallengeSettings, grounds?: RefusalGrounds): Refusal {
  return challenge('proof', 401, settings, { error: 'invalid_dpop_proof', scheme: 'DPoP', grounds })
}

/** A proof without the nonce of this server: 401 `use_dpop_nonce`, with the nonce to use (RFC 9449 §9). */
export function refuseNonce(nonce: string, settings: ChallengeSettings): Refusal {
  return challenge('nonce', 401, settings, {
    error: 'use_dpop_nonce',
    scheme: 'DPoP',
    headers: { 'dpop-nonce': nonce, 'access-control-expose-headers': 'WWW-Authenticate, DPoP-Nonce' },
  })
}

/** Too little scope: 403 `insufficient_scope`, with the required scope when it is known (RFC 6750 §3.1). */
export function refuseScope(
  scope: string | undefined,
  settings: ChallengeSettings,
  scheme: TokenScheme = 'Bearer',
  reason: 'scope' | 'authorization_details' | 'permissions' = 'scope',
  grounds?: RefusalGrounds,
): Refusal {
  return challenge(reason, 403, settings, { error: 'insufficient_scope', scheme, parameters: { scope }, grounds })
}

/** The required login. */
export interface AuthenticationRequirement {
  /** In order of preference. */
  readonly acrValues?: readonly string[] | undefined
  readonly maxAuthenticationAgeSeconds?: number | undefined
}

/** The login is too weak or too old: 401 `insufficient_user_authentication` (RFC 9470 §3). */
export function refuseAuthentication(
  { acrValues, maxAuthenticationAgeSeconds: maxAge }: AuthenticationRequirement,
  settings: ChallengeSettings,
  scheme: TokenScheme = 'Bearer',
  grounds?: RefusalGrounds,
): Refusal {
  return challenge('authentication', 401, settings, {
    error: 'insufficient_user_authentication',
    scheme,
    grounds,
    parameters: { acr_values: acrValues?.join(' '), max_age: maxAge === undefined ? undefined : String(maxAge) },
  })
}

/**
 * A check of the application refused the request: 403. There is no challenge, because no other token of this client
 * would help.
 */
export function refuseByCheck(): Refusal {
  return plain('check', 403, 'access_denied')
}

/** A token in a cookie, in a request that a page of another site may have sent: 403. Another token would not help. */
export function refuseOrigin(detail: string): Refusal {
  return plain('origin', 403, 'access_denied', {}, undefined, detail)
}

/**
 * The status by the place that is too large: the header fields (RFC 6585 §5), the content, or the URL (RFC 9110
 * §15.5.14, §15.5.15).
 */
const TOO_LONG = { header: 431, field: 431, cookie: 431, form: 413, query: 414 } as const

/**
 * The token could not be checked. The status is never 401, because the token may be good (RFC 6750 §3.1).
 *
 * @param source - the place of the token in the request.
 */
export function refuseUnchecked(error: IntrospectionError, source: keyof typeof TOO_LONG = 'header'): Refusal {
  if (error.code === 'ERR_TOKEN_TOO_LONG') {
    return plain('token_too_long', TOO_LONG[source], 'invalid_request', {}, error, error.message)
  }
  const status = statusOf(error)
  const { retryAfterSeconds } = error as { retryAfterSeconds?: number }
  const headers: Record<string, string> =
    status === 503 && retryAfterSeconds !== undefined ? { 'retry-after': String(retryAfterSeconds) } : {}
  const code = status === 503 ? 'temporarily_unavailable' : 'server_error'
  return plain('unavailable', status, code, headers, error, error.message)
}

function statusOf(error: IntrospectionError): number {
  if (error.retryable) return 503
  switch (error.code) {
    case 'ERR_TRANSPORT_UNAUTHORIZED':
    case 'ERR_TRANSPORT_ENDPOINT_MISSING':
    case 'ERR_TRANSPORT_METHOD_UNSUPPORTED':
    case 'ERR_ISSUER_SETTINGS':
      return 500
    default:
      return 502
  }
}

function plain(
  reason: RefusalReason,
  status: number,
  code: string,
  headers: Readonly<Record<string, string>> = {},
  error?: IntrospectionError,
  detail?: string,
): Refusal {
  const body = JSON.stringify({ error: code })
  return new Refusal({
    reason,
    status,
    headers: { 'content-type': JSON_MEDIA_TYPE, 'cache-control': 'no-store', ...headers },
    body,
    error,
    detail,
  })
}

function challenge(
  reason: RefusalReason,
  status: number,
  settings: ChallengeSettings,
  complaint?: Complaint,
  why?: string,
): Refusal {
  const { schemes, resourceMetadata } = settings
  const wanted = resourceMetadata !== undefined && CURED_BY_ANOTHER_TOKEN.has(reason) ? settings.scope : undefined
  const challenges = schemes.map((scheme) => buildChallenge(scheme, parametersOf(scheme, settings, wanted, complaint)))
  const headers: Record<string, string> = {
    'www-authenticate': challenges.join(', '),
    'cache-control': 'no-store',
    // Without this, a script in a browser cannot read the reason (RFC 9449 §8).
    'access-control-expose-headers': 'WWW-Authenticate',
    ...complaint?.headers,
  }
  if (complaint !== undefined) headers['content-type'] = JSON_MEDIA_TYPE
  const body = complaint === undefined ? '' : JSON.stringify({ error: complaint.error })
  const { detail = why, mismatch } = complaint?.grounds ?? NO_GROUNDS
  return new Refusal({ reason, status, headers, body, detail, mismatch })
}

function parametersOf(
  scheme: TokenScheme,
  { realm, algs, resourceMetadata }: ChallengeSettings,
  scope: string | undefined,
  complaint: Complaint | undefined,
): ChallengeParameters {
  const isMeant = complaint !== undefined && (complaint.scheme === undefined || complaint.scheme === scheme)
  return {
    realm,
    ...(isMeant && { error: complaint.error, ...complaint.parameters }),
    ...(scope !== undefined && { scope }),
    ...(scheme === 'DPoP' && { algs }),
    resource_metadata: resourceMetadata,
  }
}
