/** Step `transport`: checks status, media type and JSON, in this order. Only 200 is an answer (RFC 7662 §2.2, §2.3). */
import {
  JSON_MEDIA_TYPE,
  type JsonObject,
  JWT_INTROSPECTION_MEDIA_TYPE,
  parseErrorResponse,
  parseJsonObject,
  parseMediaType,
  withoutQuery,
} from '@token-introspection/core'
import {
  type IntrospectionError,
  ResponseMalformedError,
  ResponseUntrustedError,
  type StatusDetails,
  TransportRateLimitedError,
  TransportStatusError,
  TransportUnauthorizedError,
} from '../errors.ts'
import { errorDescriptionOf } from './error-description.ts'
import { sayMediaType } from './say-media-type.ts'
import { holdsSecret, type SentRequest } from './without-secrets.ts'
import type { TransportReply } from './transport.ts'

const utf8 = new TextDecoder('utf-8', { fatal: true })

/** A longer `Retry-After` is cut to this. */
const MAX_RETRY_AFTER_SECONDS = 3600

/** Context for the explanation of a reply that is no answer. */
export interface RefusalContext {
  /** Where the reply came from. */
  readonly url?: string | undefined
  /** A possible reason for refused credentials, from the client authentication. */
  readonly advice?: string | undefined
  /** The client authentication of the request, for the message about refused credentials. */
  readonly credentials?: { readonly method: string; readonly clientId: string | undefined } | undefined
  /** What the server has to allow, for a caller without permission. Default to introspect. */
  readonly permission?: string | undefined
  /** Every request that the reply may quote. Without them, no text of the server is repeated. */
  readonly sent?: readonly SentRequest[] | undefined
  /** What a status suggests, as a further sentence of the message. */
  readonly hints?: Readonly<Record<number, string>> | undefined
  /** What an answer that is a page suggests, as a further sentence of the message. */
  readonly hintAtPage?: string | undefined
}

const NO_CONTEXT: RefusalContext = Object.freeze({})

/** `error` codes of servers that refuse the caller, with any status. */
const REFUSED_CALLER = new Set(['invalid_client', 'unauthorized_client', 'insufficient_scope', 'invalid_token'])

/**
 * The JSON object in a reply.
 *
 * @param asked - the name of the request, for error messages.
 * @param context - context for the explanation of a refusal.
 */
export function readJsonReply(reply: TransportReply, asked: string, context?: RefusalContext): JsonObject {
  return parseJsonObject(readText(reply, asked, JSON_MEDIA_TYPE, context))
}

/**
 * The unverified JWT in a reply. JSON in its place is a downgrade, and its content is ignored (RFC 9701 §8.2).
 *
 * @param asked - the name of the request, for error messages.
 */
export function readJwtReply(reply: TransportReply, asked: string, context?: RefusalContext): string {
  if (reply.status === 200 && parseMediaType(reply.header('content-type')) === JSON_MEDIA_TYPE) {
    throw new ResponseUntrustedError(
      `${askedAt(asked, context)}: JSON in place of the requested JWT; can the server sign answers?`,
    )
  }
  return readText(reply, asked, JWT_INTROSPECTION_MEDIA_TYPE, context)
}

function readText(reply: TransportReply, asked: string, wanted: string, context: RefusalContext | undefined): string {
  if (reply.status !== 200) throw statusError(reply, asked, context)
  const mediaType = parseMediaType(reply.header('content-type'))
  if (mediaType !== wanted) {
    const hint = mediaType === 'text/html' ? context?.hintAtPage : undefined
    throw new ResponseMalformedError(
      `${askedAt(asked, context)}: ${sayMediaType(mediaType)} instead of ${wanted}${further(hint)}`,
    )
  }
  const contentEncoding = reply.header('content-encoding')
  if (contentEncoding !== undefined && contentEncoding.toLowerCase() !== 'identity') {
    throw new ResponseMalformedError(
      `${askedAt(asked, context)}: the answer is compressed, although the client asked for no compression`,
    )
  }
  return decode(reply.body, askedAt(asked, context))
}

/** A reply other than 200 that means an inactive token at this server. */
export interface InactiveReply {
  /** The status of the reply: 204, or from 400 to 499 except 408 and 429. */
  readonly status: number
  /** The `error` of its body. Without one, a body that names an error does not match. */
  readonly error?: string | undefined
}

/**
 * Whether a server says that it does not introspect tokens of this kind, as some do for JWTs. That is an answer about
 * the token, which is inactive, and not a failure (RFC 7009 §2.2.1).
 */
export function isUnsupportedTokenType(reply: TransportReply): boolean {
  return reply.status === 400 && oauthErrorOf(reply) === 'unsupported_token_type'
}

/** Whether the option `response.inactiveWhen` lists a reply. */
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

/** The error for a reply other than 200. Its message quotes the server, but no value that the client sent. */
export function statusError(
  reply: TransportReply,
  question: string,
  context: RefusalContext = NO_CONTEXT,
): IntrospectionError {
  const asked = askedAt(question, context)
  const { sent, hints = {} } = context
  const oauthError = oauthErrorOf(reply)
  const details = detailsOf(reply, oauthError, sent)
  const { status, oauthErrorDescription } = details
  const said = [details.oauthError, oauthErrorDescription && `"${oauthErrorDescription}"`].filter(
    (part) => part !== undefined,
  )
  const named = said.length === 0 ? '' : ` (${said.join(': ')})`
  if (status === 401 || status === 403 || (status === 400 && REFUSED_CALLER.has(oauthError ?? ''))) {
    return new TransportUnauthorizedError(
      `${asked}: ${status}${named}. ${whatToDo(status, oauthError, context)}`,
      details,
    )
  }
  if (status >= 300 && status < 400) {
    return new TransportStatusError(
      `${asked}: ${status}, a redirect, which the client never follows with a token${further(hints[status])}`,
      details,
    )
  }
  if (status === 429) {
    return new TransportRateLimitedError(`${asked}: status 429${named}. ${describeLimit(details)}`, details)
  }
  const hint = status === 400 && oauthError === 'invalid_request' ? WHAT_SERVERS_WANT : hints[status]
  return new TransportStatusError(`${asked}: status ${status}${named}${further(hint)}`, details)
}

/** The question, and where it was asked. */
function askedAt(asked: string, context: RefusalContext | undefined): string {
  return context?.url === undefined ? asked : `${asked} at ${withoutQuery(context.url)}`
}

function further(hint: string | undefined): string {
  return hint === undefined ? '' : `. ${hint}`
}

/** One error code stands for several demands of servers, and not every server explains it in `error_description`. */
const WHAT_SERVERS_WANT =
  'The authorization server does not accept the request in this form. Some servers answer this when they require another client authentication ' +
  'method, or any credentials; some when they sign their answers to this resource server (response.jwt). Its log says more'

function describeLimit({ retryAfterSeconds: seconds }: StatusDetails): string {
  const pause = seconds === undefined ? '' : `, and asks for a pause of ${seconds} s`
  return (
    `The authorization server limits how often this resource server may ask${pause}. Let the client ask less often ` +
    '(cache.maxAgeSeconds, or one cache for all processes), or have the limit raised'
  )
}

/** Wrong credentials and a caller without permission have different remedies. */
function whatToDo(
  status: number,
  oauthError: string | undefined,
  { advice, credentials, permission = 'introspect' }: RefusalContext,
): string {
  if (status === 403 || oauthError === 'unauthorized_client' || oauthError === 'insufficient_scope') {
    return (
      `The authorization server does not let this resource server ${permission}: allow it there, by a role, a scope or a ` +
      'setting of its client; clients without credentials are often not allowed to. Some servers say the same of wrong ' +
      'credentials'
    )
  }
  const suspicion = advice === undefined ? '' : `. ${advice}`
  return (
    `The authorization server does not accept the credentials of this resource server${sayCredentials(credentials)}: check the client ` +
    `identifier, the secret or key, and that it is registered for this client authentication method${suspicion}`
  )
}

function sayCredentials(credentials: RefusalContext['credentials']): string {
  if (credentials === undefined) return ''
  const { method, clientId } = credentials
  return ` (${method}${clientId === undefined ? '' : `, client "${clientId}"`})`
}

function detailsOf(reply: TransportReply, oauthError: string | undefined, sent: RefusalContext['sent']): StatusDetails {
  return {
    status: reply.status,
    // A token or a secret may look like a code.
    oauthError: oauthError === undefined || holdsSecret(oauthError, sent ?? []) ? undefined : oauthError,
    oauthErrorDescription: sent && errorDescriptionOf(reply.body, sent),
    retryAfterSeconds: parseRetryAfter(reply.header('retry-after'), Date.now()),
  }
}

/** The `error` of a body. A body that is not an error response does not change the outcome. */
function oauthErrorOf(reply: TransportReply): string | undefined {
  try {
    const error = parseErrorResponse(JSON.parse(new TextDecoder().decode(reply.body)))?.error
    // A registered code is a short word. Other text may echo a sent value.
    return error !== undefined && /^[a-z_]{1,64}$/.test(error) ? error : undefined
  } catch {
    return undefined
  }
}

/** An HTTP date begins with the day in all three forms. `Date.parse` alone would accept `-5`. */
const HTTP_DATE = /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,? [\w :-]+$/

/** `Retry-After` in seconds from now: a number of seconds or an HTTP date (RFC 9110 §10.2.3), at most one hour. */
export function parseRetryAfter(field: string | undefined, nowMs: number): number | undefined {
  if (field === undefined) return undefined
  const seconds = /^\d+$/.test(field) ? Number(field) : (parseHttpDate(field) - nowMs) / 1000
  if (Number.isNaN(seconds)) return undefined
  return Math.min(Math.max(0, Math.ceil(seconds)), MAX_RETRY_AFTER_SECONDS)
}

/** An HTTP date (RFC 9110 §5.6.7), in milliseconds since the epoch; NaN for any other text. */
export function parseHttpDate(field: string): number {
  if (!HTTP_DATE.test(field)) return Number.NaN
  // The oldest form names no zone, and is UTC like the others (RFC 9110 §5.6.7).
  return Date.parse(field.endsWith(' GMT') ? field : `${field} GMT`)
}
