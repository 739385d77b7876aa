/** What an authorization server knows about one token. */
import type { RegisteredMembers } from '@token-introspection/core'

/**
 * A token as the authorization server stored it. The members of RFC 7662 keep their registered names, because the
 * answer is a narrowing of this record; names of ours are camelCase and never leave the server.
 */
export interface TokenRecord<Claims extends object = object> extends RegisteredMembers {
  /** Which kind of token this is. Only access tokens are introspected for protected resources. */
  readonly kind: 'access_token' | 'refresh_token'
  /** Set once the token is revoked, by its user or its client (RFC 7662 §4). */
  readonly revoked?: boolean | undefined
  /**
   * What the resource owner agreed to, as an identifier that is never used again: a refresh token and every token that
   * came of it carry the same. Revoking the refresh token ends them all (RFC 7009 §2.1).
   */
  readonly grantId?: string | undefined
  /** The login the token came of, as an identifier that is never used again, for ending all of it at logout. */
  readonly sessionId?: string | undefined
  /**
   * Of a JWT: the digest of what is signed, its header and payload (SHA-256, base64url). {@link createJwtResolver} sets it. A
   * revocation is kept under it, so that a JWT whose signature is written differently is revoked too.
   */
  readonly signedDigest?: string | undefined
  /** Extension claims. They cannot replace a registered member. */
  readonly claims?: Claims | undefined
}

/** Why a token may not be used now. */
export type NotLive = 'revoked' | 'expired' | 'not-yet-valid'

/**
 * Why a token may not be used now, or `undefined` when it may: it is not revoked, not before `nbf`, before `exp`. The
 * authorization server owns the clock these were written by, so there is no leeway (RFC 7662 §4, RFC 7519 §4.1.4). A
 * store may give `null` for what is absent and 1 for true, as databases do.
 */
export function whyNotLive(record: TokenRecord, now: number): NotLive | undefined {
  if (record.revoked) return 'revoked'
  if (!(now < (record.exp ?? Number.POSITIVE_INFINITY))) return 'expired'
  return now >= (record.nbf ?? 0) ? undefined : 'not-yet-valid'
}

/** Whether a token is revoked or past its `exp`, and so never usable again; one that is not yet valid is not over. */
export function isOver(record: TokenRecord, now: number): boolean {
  return Boolean(record.revoked) || !(now < (record.exp ?? Number.POSITIVE_INFINITY))
}
