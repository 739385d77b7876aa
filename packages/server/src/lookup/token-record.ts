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
  /** Extension claims. They cannot replace a registered member. */
  readonly claims?: Claims | undefined
}

/**
 * Whether a token may be used now: not revoked, not before `nbf`, before `exp`. The authorization server owns the
 * clock these were written by, so there is no leeway (RFC 7662 §4, RFC 7519 §4.1.4). A store may give `null` for what
 * is absent and 1 for true, as databases do.
 */
export function isLive(record: TokenRecord, now: number): boolean {
  if (record.revoked) return false
  return now >= (record.nbf ?? 0) && now < (record.exp ?? Number.POSITIVE_INFINITY)
}
