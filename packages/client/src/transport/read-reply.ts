/** Step `transport`: status, media type, JSON, in that order; only 200 is an answer (RFC 7662 §2.2, §2.3). */
import {
  JSON_MEDIA_TYPE,
  type JsonObject,
  JWT_INTROSPECTION_MEDIA_TYPE,
  parseErrorResponse,
  parseJsonObject,
  parseMediaType,
} from '@token-introspection/core'
import {
  type IntrospectionError,
  ResponseMalformedError,
  ResponseUntrustedError,
  type StatusDetails,
  TransportStatusError,
  TransportUnauthorizedError,
} from '../errors.ts'
import { errorDescriptionOf, type SentRequest } from './error-description.ts'
import type { TransportReply } from './transport.ts'

const utf8 = new TextDecoder('utf-8', { fatal: true })

/** `Retry-After` beyond this is not believed. */
const MAX_RETRY_AFTER_SECONDS = 3600

/** What helps to explain a refusal. */
export interface RefusalContext {
  /** What the client authentication suspects when its credentials are refused. */
  readonly advice?: string | undefined
  /** Every request that the reply may quote; nothing that a server says is repeated without it. */
  readonly sent?: readonly SentRequest[] | undefined
}

const NO_CONTEXT: RefusalContext = Object.freeze({})

/** `error` codes by which servers refuse the caller, whatever status they choose for it. */
const REFUSED_CALLER = new Set(['invalid_client', 'unauthorized_client', 'insufficient_scope', 'invalid_token'])

/**
 * The JSON object in a reply.
 *
 * @param asked - what was asked, for the message of an error.
 * @param context - what helps to explain a refusal.
 */
export function readJsonReply(reply: TransportReply, asked: string, context?: RefusalContext): JsonObject {
  return parseJsonObject(readText(reply, asked, JSON_MEDIA_TYPE, context))
}

/**
 * The JWT in a reply, not verified yet. JSON in its place is a downgrade, and nothing in it is looked at (RFC 9701 §8.2).
 *
 * @param asked - what was asked, for the message of an error.
 */
export function readJwtReply(reply: TransportReply, asked: string, context?: RefusalContext): string {
  if (reply.status === 200 && parseMediaType(reply.header('content-type')) === JSON_MEDIA_TYPE) {
    throw new ResponseUntrustedError(`${asked}: JSON and not the JWT that was asked for; can the server sign answers?`)
  }
  return readText(reply, asked, JWT_INTROSPECTION_MEDIA_TYPE, context)
}

function readText(reply: TransportReply, asked: string, wanted: string, context: RefusalContext | undefined): string {
  if (reply.status !== 200) throw statusError(reply, asked, context)
  const mediaType = parseMediaType(reply.header('content-type'))
  if (mediaType !== wanted) {
    throw new ResponseMalformedError(`${asked}: ${mediaType ?? 'no media type'} instead of ${wanted}`)
  }
  const contentEncoding = reply.header('content-encoding')
  if (contentEncoding !== undefined && contentEncoding.toLowerCase() !== 'identity') {
    throw new ResponseMalformedError(`${asked}: the answer is compressed, which was not asked for`)
  }
  return decode(reply.body, asked)
}

/** A reply that is not 200, and by which a server says that the token is not active. */
export interface InactiveReply {
  /** The status of the reply: 204, or from 400 to 499 but 408 and 429. */
  readonly status: number
  /** The `error` of its body. Without one, a body that names an error is none of these. */
  readonly error?: string | undefined
}

/**
 * Whether a server says that it does not keep tokens of this kind, as some do for JWTs. That is an answer about the
 * token, which is not active here, and no failure (RFC 7009 §2.2.1).
 */
export function isUnsupportedTokenType(reply: TransportReply): boolean {
  return reply.status === 400 && oauthErrorOf(reply) === 'unsupported_token_type'
}

/** Whether a reply means by the user's word that the token is not active. */
export function meansInactive(reply: TransportReply, replies: readonly InactiveReply[] = []): boolean {
  if (reply.status === 200) return false
  const error = oauthErrorOf(reply)
  return replies.some((meant) => meant.status === reply.status && meant.error === error)
}

function decode(octets: Uint8Array, asked: string): string {
  try {
    return utf8.decode(octets)
  } catch {
    throw new ResponseMalformedError(`${asked}: the answer is not UTF-8`)
  }
}

/** The error for a reply that is not 200. Its message quotes what the server says, and nothing that was sent to it. */
export function statusError(
  reply: TransportReply,
  asked: string,
  { advice, sent }: RefusalContext = NO_CONTEXT,
): IntrospectionError {
  const details = detailsOf(reply, sent)
  const { status, oauthError, oauthErrorDescription } = details
  const said = [oauthError, oauthErrorDescription && `"${oauthErrorDescription}"`].filter((part) => part !== undefined)
  const named = said.length === 0 ? '' : ` (${said.join(': ')})`
  if (status === 401 || status === 403 || (status === 400 && REFUSED_CALLER.has(oauthError ?? ''))) {
    return new TransportUnauthorizedError(
      `${asked}: ${status}${named}. ${whatToDo(status, oauthError, advice)}`,
      details,
    )
  }
  if (status >= 300 && status < 400) {
    return new TransportStatusError(`${asked}: ${status}, a redirect, which is never followed with a token`, details)
  }
  const hint = status === 400 && oauthError === 'invalid_request' ? `. ${WHAT_SERVERS_WANT}` : ''
  return new TransportStatusError(`${asked}: status ${status}${named}${hint}`, details)
}

/** Behind one code there are several wishes, and not every server tells them apart in its `error_description`. */
const WHAT_SERVERS_WANT =
  'The authorization server does not take the request as it is. Some say so when they want another client authentication ' +
  'method, or credentials at all; some when they sign their answers to this resource server (response.jwt). Its log says more'

/** Credentials that are wrong and a caller that is not allowed are put right in different places. */
function whatToDo(status: number, oauthError: string | undefined, advice: string | undefined): string {
  if (status === 403 || oauthError === 'unauthorized_client' || oauthError === 'insufficient_scope') {
    return (
      'The authorization server does not let this resource server introspect: allow it there, by a role, a scope or a ' +
      'setting of its client; clients without credentials are often not allowed to. Some servers say the same of wrong ' +
      'credentials'
    )
  }
  const suspicion = advice === undefined ? '' : `. ${advice}`
  return (
    'The authorization server does not take the credentials of this resource server: check the client identifier, the ' +
    `secret or key, and that it is registered for this client authentication method${suspicion}`
  )
}

function detailsOf(reply: TransportReply, sent: RefusalContext['sent']): StatusDetails {
  return {
    status: reply.status,
    oauthError: oauthErrorOf(reply),
    oauthErrorDescription: sent && errorDescriptionOf(reply.body, sent),
    retryAfterSeconds: parseRetryAfter(reply.header('retry-after'), Date.now()),
  }
}

/** The `error` of a body that has one; a body that is no error response is no reason to fail differently. */
function oauthErrorOf(reply: TransportReply): string | undefined {
  try {
    const error = parseErrorResponse(JSON.parse(new TextDecoder().decode(reply.body)))?.error
    // A registered code is a short word; anything else might be an echo.
    return error !== undefined && /^[a-z_]{1,64}$/.test(error) ? error : undefined
  } catch {
    return undefined
  }
}

/** An HTTP date in any of its three forms begins with the day; `Date.parse` alone believes `-5` to be one. */
const HTTP_DATE = /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,? [\w :-]+$/

/** `Retry-After` as seconds from now: a number of them or an HTTP date (RFC 9110 §10.2.3), capped at an hour. */
export function parseRetryAfter(field: string | undefined, nowMs: number): number | undefined {
  if (field === undefined) return undefined
  const seconds = /^\d+$/.test(field) ? Number(field) : (parseHttpDate(field) - nowMs) / 1000
  if (Number.isNaN(seconds)) return undefined
  return Math.min(Math.max(0, Math.ceil(seconds)), MAX_RETRY_AFTER_SECONDS)
}

function parseHttpDate(field: string): number {
  if (!HTTP_DATE.test(field)) return Number.NaN
  // The oldest form names no zone, and is UTC like the others (RFC 9110 §5.6.7).
  return Date.parse(field.endsWith(' GMT') ? field : `${field} GMT`)
}
