/** The data that an authorization server has about one token. */
import type { RegisteredMembers } from '@token-introspection/core'

/**
 * A token as the authorization server stored it. The members of RFC 7662 have their registered names, because the answer is a
 * part of this record. Other members have camelCase names and never leave the server.
 */
export interface TokenRecord<Claims extends object = object> extends RegisteredMembers {
  /** The kind of the token. Protected resources may introspect only access tokens. */
  readonly kind: 'access_token' | 'refresh_token'
  /** Whether its user or its client revoked the token (RFC 7662 §4). */
  readonly revoked?: boolean | undefined
  /**
   * The identifier of the grant: what the resource owner agreed to. A refresh token and every token issued with it have the same
   * one. It is never reused. Revoking the refresh token ends all of them (RFC 7009 §2.1).
   */
  readonly grantId?: string | undefined
  /** The identifier of the login from which the token comes. It is never reused. A logout ends all its tokens. */
  readonly sessionId?: string | undefined
  /**
   * Only for a JWT: the digest of its signed part, header and payload (SHA-256, base64url). {@link createJwtResolver} sets it. A
   * revocation is stored under it, so that the JWT is also revoked with another spelling of its signature.
   */
  readonly signedDigest?: string | undefined
  /**
   * Only for a refresh token that was exchanged: when, in seconds since the epoch. {@link ConsumingTokenStore.consume} sets it,
   * together with `revoked`.
   */
  readonly consumedAt?: number | undefined
  /** Only for a refresh token that was exchanged: how often it was exchanged again. Absent: never. */
  readonly repetitions?: number | undefined
  /** Extension claims. They cannot replace a registered member. */
  readonly claims?: Claims | undefined
}

/** The reason why a token may not be used now. */
export type NotLive = 'revoked' | 'expired' | 'not-yet-valid'

/**
 * The reason why a token may not be used now, or `undefined` if it is usable: not revoked, not before `nbf`, and before `exp`.
 * The authorization server wrote these dates by its own clock, so there is no leeway (RFC 7662 §4, RFC 7519 §4.1.4). A store
 * may return `null` for absent members and 1 for `true`, as databases do.
 */
export function whyNotLive(record: TokenRecord, now: number): NotLive | undefined {
  if (record.revoked) return 'revoked'
  if (!(now < (record.exp ?? Number.POSITIVE_INFINITY))) return 'expired'
  return now >= (record.nbf ?? 0) ? undefined : 'not-yet-valid'
}

/** Whether a refresh token was used. A store calls it revoked as well. */
export function isUsed(record: TokenRecord): boolean {
  return record.consumedAt !== undefined && record.consumedAt !== null
}

/**
 * The record of a token after it is consumed, with `revoked` as its last member.
 *
 * @param repetitions - how often a consumed token may be consumed again.
 * @returns `undefined` if the token is revoked, or was repeated often enough.
 */
export function toConsumed<Claims extends object>(
  record: TokenRecord<Claims>,
  at: number,
  repetitions: number,
): TokenRecord<Claims> | undefined {
  const { revoked, ...members } = record
  if (!revoked) return { ...members, consumedAt: at, revoked: true }
  const count = (record.repetitions ?? 0) + 1
  return isUsed(record) && count <= repetitions ? { ...members, repetitions: count, revoked: true } : undefined
}

/** Like {@link whyNotLive}, but a refresh token that was used is not revoked by that: its grant may still be live. */
export function whyNotLiveBeforeUse(record: TokenRecord, now: number): NotLive | undefined {
  return whyNotLive(isUsed(record) ? { ...record, revoked: false } : record, now)
}

/** Whether a token is revoked or past its `exp`, and so never usable again. A token before its `nbf` is not over. */
export function isOver(record: TokenRecord, now: number): boolean {
  return Boolean(record.revoked) || !(now < (record.exp ?? Number.POSITIVE_INFINITY))
}
