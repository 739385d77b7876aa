/** Seam: where tokens are kept. Stores know tokens by digest and keep nothing a token could be made of (RFC 9700 §4.9.3). */
import { sha256 } from '#crypto'
import type { TokenLookup } from './token-lookup.ts'
import type { TokenRecord } from './token-record.ts'

/**
 * A token store. A contract suite for it is published in `@token-introspection/testing`.
 */
export interface TokenStore<Claims extends object = object> {
  /**
   * The record of a token by its digest, `null` when there is none. Throw when the store cannot tell: the caller is
   * then answered 503. Returning `null` for a failure would log every user out.
   *
   * @param lookup - what else the request says, for stores that need more context than the token (RFC 7662 §2.1), and a
   *   signal for those that can give up.
   */
  find(digest: string, lookup?: TokenLookup): TokenRecord<Claims> | null | Promise<TokenRecord<Claims> | null>
}

/**
 * A token store that can revoke, which is what a revocation endpoint needs. A revocation holds from the moment its
 * promise fulfils: the next {@link TokenStore.find} of such a token gives `null` or a record that says `revoked`
 * (RFC 7009 §2.1). Revoking what is unknown or revoked already is no error (RFC 7009 §2.2). Reject when it could not be
 * done: the client is then answered 503 and asks again.
 */
export interface RevocableTokenStore<Claims extends object = object> extends TokenStore<Claims> {
  /**
   * Revokes one token.
   *
   * @param record - what a resolver knows of the token, for one that the store need not hold, such as a JWT. The store
   *   then keeps a tombstone under its digest until its `exp`, without `exp` for good: {@link toTombstone} makes one, and
   *   there is nothing about anybody in it. {@link TokenStore.find} gives it, so the token is revoked whoever else knows
   *   it. Of a JWT it keeps a tombstone under each of {@link revocationDigests}. A token that the store holds leaves one, too.
   *   Without a record, what others know stays usable. Security: give only records of tokens that were verified, or strangers fill the store.
   */
  revoke(token: string, record?: TokenRecord): Promise<void>
  /**
   * Ends a grant: revokes every token with this `grantId`. A refresh may be under way and save its token a moment
   * later: that one is revoked too, for an hour at least. A token that the store does not hold is revoked likewise, see
   * {@link WritableTokenStore.isRevoked}.
   */
  revokeGrant(grantId: string): Promise<void>
}

/**
 * A token store that can be written, as every built-in store can. Whom a revocation is about is compared with the
 * members of the record; access tokens and refresh tokens are treated alike.
 */
export interface WritableTokenStore<Claims extends object = object> extends RevocableTokenStore<Claims> {
  /**
   * Keeps a token under its digest; one that is saved again gets the new record. A token that was revoked by itself stays
   * revoked until it has expired, whatever is saved: a write may arrive late. Decide it in the same write, atomically.
   */
  save(token: string, record: TokenRecord<Claims>): Promise<void>
  /** Ends a session: revokes every token with this `sessionId`, and those saved a moment later, as for a grant. */
  revokeSession(sessionId: string): Promise<void>
  /**
   * Revokes every token of a user that was issued up to a moment; tokens issued later, after a new login, are usable.
   * It is one write, however many tokens there are. A token without `iat` counts as issued before, so give tokens
   * `iat`. Of two moments for one user the later one holds.
   *
   * @param sub - compared with the record's `sub`.
   * @param at - seconds since the epoch, the moment itself included; now unless given, by the clock of the database where
   *   it has one that is later. A token issued in the second of the revocation is revoked, because nobody can tell which
   *   came first: date the token of a new login a second later (`iat: at + 1`).
   */
  revokeSubject(sub: string, at?: number): Promise<void>
  /**
   * Revokes every token issued to a client so far: those whose `iat` is not after now, and those without `iat`.
   *
   * @param clientId - compared with the record's `client_id`.
   */
  revokeClient(clientId: string): Promise<void>
  /**
   * Whether a token was revoked: by itself, or with the grant, session, user or client of its record, whose `iat` is
   * compared as that of a token in the store. This is for tokens that verify without the store, such as JWTs; what is
   * not revoked is `false`, known to the store or not. A token that {@link TokenStore.find} says is revoked is revoked here,
   * whatever the record says. So is a token with a tombstone under one of {@link tombstoneDigests}. Throw when the store cannot
   * tell.
   *
   * A store with this method is asked twice by {@link TokenStore.find} about a JWT that it holds and that is not revoked: the
   * second time for the digest of what is signed, where a revocation under another signature left its tombstone.
   *
   * The store has to remember revocations of many for as long as it has nothing to show for it: until tokens have expired
   * that it does not hold, and that were issued up to an hour late. The stores here have the option
   * `unstoredLifetimeSeconds` for that.
   */
  isRevoked(digest: string, record: TokenRecord): boolean | Promise<boolean>
}

/** The digest a token is stored and found under: SHA-256, base64url. */
export function digestToken(token: string): string | Promise<string> {
  return sha256(token)
}
