/** One event of a revocation feed: something was revoked (docs/revocation-feed.md §2). */
import * as z from 'zod/mini'
import { isNumericDate } from '../values/numeric-date.ts'

/** What an event is about: one token, or every token of a grant, a session, a user or a client. */
export type RevocationKind = 'token' | 'grant' | 'session' | 'subject' | 'client'

/** Every kind. */
export const REVOCATION_KINDS = ['token', 'grant', 'session', 'subject', 'client'] as const

/** The longest position, in characters. */
export const MAX_POSITION_LENGTH = 64

/** A key: 96 bits in base64url. */
const KEY = /^[\w-]{16}$/

/** A position is opaque to followers. It has no character that a URL or a header field would have to escape. */
const POSITION = /^[\w.-]{1,64}$/

/**
 * One event. An event never says that a token is bad. It says that what is known about the tokens with this key is out
 * of date. Only a resource server that verifies JWTs and never introspects them refuses a token because of an event.
 */
export interface RevocationEvent {
  /** Where the event is in the log. No other event of any log has the same position. Opaque to followers. */
  readonly position: string
  /** The position of the event before it. */
  readonly previous: string
  /**
   * When it was revoked, in seconds since the epoch by the clock of the log. For people, and for resource servers that
   * verify JWTs by themselves: they compare it with `iat` to know how far back the events reach.
   */
  readonly at: number
  /**
   * Which tokens it covers: those issued up to this moment, in seconds since the epoch. `null` covers all of them. Only
   * resource servers that verify JWTs by themselves use it.
   */
  readonly cut: number | null
  readonly kind: RevocationKind
  /** Identifies what was revoked, see `createRevocationKeys`. */
  readonly key: string
}

/** Whether this can be a position of a log. */
export function isRevocationPosition(value: unknown): value is string {
  return typeof value === 'string' && POSITION.test(value)
}

/** Whether this can be the key of an event. */
export function isRevocationKey(value: unknown): value is string {
  return typeof value === 'string' && KEY.test(value)
}

const position = z.string().check(z.refine(isRevocationPosition))
const seconds = z.number().check(z.refine(isNumericDate))
const key = z.string().check(z.refine(isRevocationKey))

/** Schema of an event. Other members are ignored. */
export const revocationEventSchema = z.object({
  position,
  previous: position,
  at: seconds,
  cut: z.nullable(seconds),
  kind: z.enum(REVOCATION_KINDS),
  key,
})

/** Schema of a position. */
export const revocationPositionSchema = position

/** Schema of a moment, in seconds since the epoch. */
export const revocationSecondsSchema = seconds

/** Schema of a key. */
export const revocationKeySchema = key
