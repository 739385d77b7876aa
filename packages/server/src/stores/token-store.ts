/** Seam: the store of tokens. It knows tokens by digest and keeps nothing that can be turned into a token (RFC 9700 §4.9.3). */
import { sha256 } from '#crypto'
import type { RevocationLog, RevocationReceipt } from './revocation-log.ts'
import type { TokenLookup } from './token-lookup.ts'
import type { TokenRecord } from './token-record.ts'

/**
 * A token store. `@token-introspection/testing` publishes its contract suite.
 */
export interface TokenStore<Claims extends object = object> {
  /**
   * Returns the record of a token by its digest, or `null` when there is none. Throw when the store cannot find out: the caller
   * is then answered 503. Returning `null` for a failure would log every user out.
   *
   * @param lookup - the other parameters of the request, for stores that need more than the token (RFC 7662 §2.1), and a signal
   *   for stores that can abort a lookup.
   */
  find(digest: string, lookup?: TokenLookup): TokenRecord<Claims> | null | Promise<TokenRecord<Claims> | null>
}

/**
 * A token store that can revoke. A revocation endpoint needs it. A revocation takes effect when its promise fulfils: the next
 * {@link TokenStore.find} of such a token returns `null` or a record with `revoked` (RFC 7009 §2.1). Revoking an unknown or
 * already revoked token is not an error (RFC 7009 §2.2). Reject when the store could not revoke: the client is then answered 503
 * and tries again.
 */
export interface RevocableTokenStore<Claims extends object = object> extends TokenStore<Claims> {
  /**
   * Revokes one token.
   *
   * @param record - the record that a resolver has of the token, if the store may not hold it, such as a JWT. The store then
   * keeps
   *   a tombstone under the digest until `exp`, or for good without `exp`. {@link toTombstone} makes it, and it has no personal
   *   data. {@link TokenStore.find} returns it, so the token is revoked even if another resolver knows it. For a JWT the store
   *   keeps a tombstone under each of {@link revocationDigests}. A token that the store holds also leaves a tombstone. A refresh
   *   token that was used cannot be repeated afterwards. Without a record, a token that only other systems know stays usable.
   *   Security: pass only records of verified tokens. Otherwise strangers can fill the store.
   * @returns where the event of the revocation is in the log, if the store gives receipts.
   */
  // oxlint-disable-next-line typescript/no-invalid-void-type
  revoke(token: string, record?: TokenRecord): Promise<RevocationReceipt | void>
  /**
   * Ends a grant: revokes every token with this `grantId`. A token that a running refresh saves a moment later is revoked as
   * well, for at least one hour. A token that the store does not hold is revoked too, see {@link WritableTokenStore.isRevoked}.
   */
  // oxlint-disable-next-line typescript/no-invalid-void-type
  revokeGrant(grantId: string): Promise<RevocationReceipt | void>
}

/**
 * A token store that can be written, like every built-in store. Revocations compare their argument with a member of the record.
 * They treat access tokens and refresh tokens alike.
 */
export interface WritableTokenStore<Claims extends object = object> extends RevocableTokenStore<Claims> {
  /**
   * The log of revocations, if the store has one: a built-in store with the option `revocationLog`. Each revocation appends its
   * event in the same atomic write, and only if it revoked something. A `save` that replaces a record by another one appends an
   * event of that token.
   */
  readonly revocations?: RevocationLog | undefined
  /**
   * Saves a token under its digest. A token that is saved again gets the new record. A token that was revoked by itself stays
   * revoked until it expires, whatever is saved, because a write may arrive late. Decide this atomically in the same write.
   *
   * A record with `revoked` is kept under each of {@link revocationDigests}, as by `revoke`.
   */
  save(token: string, record: TokenRecord<Claims>): Promise<void>
  /** Ends a session: revokes every token with this `sessionId`, and those saved a moment later, as for a grant. */
  // oxlint-disable-next-line typescript/no-invalid-void-type
  revokeSession(sessionId: string): Promise<RevocationReceipt | void>
  /**
   * Revokes every token of a user that was issued up to a moment. Tokens issued later, after a new login, are usable. It is one
   * write for any number of tokens. A token without `iat` counts as issued before, so give tokens an `iat`. Of two moments for
   * one user the later one counts.
   *
   * @param sub - compared with the record's `sub`.
   * @param at - seconds since the epoch. The moment itself is included. Default: now, by the later of the clocks of the process
   *   and of the database. A token issued in the same second is revoked, because nobody can know which came first. Date the token
   *   of a new login one second later (`iat: at + 1`).
   */
  // oxlint-disable-next-line typescript/no-invalid-void-type
  revokeSubject(sub: string, at?: number): Promise<RevocationReceipt | void>
  /**
   * Revokes every token that was issued to a client so far: with an `iat` that is not after now, or without `iat`.
   *
   * @param clientId - compared with the record's `client_id`.
   */
  // oxlint-disable-next-line typescript/no-invalid-void-type
  revokeClient(clientId: string): Promise<RevocationReceipt | void>
  /**
   * Whether a token was revoked: by itself, or with the grant, session, user or client in the given record. Its `iat` counts as
   * for a token in the store. This method is for tokens that can be verified without the store, such as JWTs. Return `false` for
   * a token that is not revoked, even if the store does not know it. Return `true` for a token that {@link TokenStore.find} calls
   * revoked, whatever the record says, and for a token with a tombstone under one of {@link tombstoneDigests}. Throw when the
   * store cannot find out.
   *
   * If a store has this method, the resolver calls {@link TokenStore.find} twice for a JWT that the store holds and that is not
   * revoked. The second call has the digest of the signed part, where a revocation with another signature left its tombstone.
   *
   * The store must remember revocations of many tokens until every unstored token has expired that was issued up to one hour
   * late. The built-in stores have the option `unstoredLifetimeSeconds` for this.
   */
  isRevoked(digest: string, record: TokenRecord): boolean | Promise<boolean>
}

/**
 * A token store that can consume a token, like every built-in store. Refresh tokens that are exchanged for new ones need it: of two
 * requests with one refresh token only one may succeed (RFC 9700 §4.14.2).
 */
export interface ConsumingTokenStore<Claims extends object = object> extends WritableTokenStore<Claims> {
  /**
   * Marks a token as used, once. It is one atomic write: of any number of calls for one token, in any number of processes, exactly
   * one gets `true`. A call for a token that is unknown, revoked, ended with its grant, session, user or client, or consumed already
   * gets `false`. Reject when the store cannot find out.
   *
   * Afterwards {@link TokenStore.find} returns the record with `revoked: true` and `consumedAt`, until the token expires. This is how
   * a second use is recognised. A `save` that arrives late does not revive the token. If its grant, session, user or client is revoked
   * later, return `null`, or a record without `consumedAt`.
   *
   * A consumed token has no event in the log of revocations: only its own client could know it, and that client has just exchanged it.
   *
   * With `repetitions`, a call for a token that is consumed already gets `true` as well, and the store counts it in `repetitions` of the
   * record, in the same atomic write, up to this number. `consumedAt` stays that of the first call. A store that ignores the parameter is
   * safe: no token can be repeated then.
   *
   * @param digest - the digest of an opaque token.
   * @param at - seconds since the epoch, for `consumedAt`.
   * @param repetitions - how often a consumed token may be consumed again, from 0 to 10. Default 0.
   */
  consume(digest: string, at: number, repetitions?: number): Promise<boolean>
}

/** Whose tokens to list: those of exactly one user, client, session or grant. */
export interface TokenOwner {
  readonly sub?: string | undefined
  readonly client_id?: string | undefined
  readonly sessionId?: string | undefined
  readonly grantId?: string | undefined
}

/** One page of tokens. */
export interface TokenPageQuery extends TokenOwner {
  /** `next` of the page before. Default: the first page. */
  readonly after?: string | undefined
  /** The most tokens of the page, from 1 to 100. Default 50. */
  readonly limit?: number | undefined
}

/** A token in a list. */
export interface ListedToken<Claims extends object = object> {
  /**
   * Identifies the token in this store: the digest of its text, from which nobody can make the token. With
   * {@link ListableTokenStore.revokeListed} it revokes a token of its owner only.
   */
  readonly id: string
  readonly record: TokenRecord<Claims>
}

/** A page of {@link ListableTokenStore.list}. */
export interface TokenPage<Claims extends object = object> {
  /** The tokens, the newest `iat` first. */
  readonly tokens: readonly ListedToken<Claims>[]
  /** For `after` of the next page. `undefined` on the last page. */
  readonly next: string | undefined
}

/**
 * A token store that can list tokens, for a page "Your sessions" or for support. The stores in memory, on SQLite and on PostgreSQL are.
 * The store on Redis is not, because it keeps no index of users.
 */
export interface ListableTokenStore<Claims extends object = object> extends WritableTokenStore<Claims> {
  /**
   * Lists the tokens of a user, a client, a session or a grant. Leaves out tokens that are revoked, expired, ended or consumed. A token that
   * is saved while you turn pages may be missing; a token that was there from the first page to the last is there once.
   *
   * Reject with a `TypeError` naming the member when the query is wrong. `after` often comes from a browser: answer 400 then.
   */
  list(query: TokenPageQuery): Promise<TokenPage<Claims>>
  /**
   * Revokes one token of a list, as {@link RevocableTokenStore.revoke} does.
   *
   * @param id - from {@link ListedToken.id}.
   * @param owner - whose token it has to be, such as `{ sub }` of the user that is logged in. Security: take it from your own session, and
   *   never from the request.
   * @returns `null` if the owner has no such token, or it was revoked already.
   */
  revokeListed(id: string, owner: TokenOwner): Promise<RevocationReceipt | null>
}

/** A store whose revocations say where their events are in its log, like every built-in store. */
export interface ReceiptedTokenStore<Claims extends object = object> extends ConsumingTokenStore<Claims> {
  revoke(token: string, record?: TokenRecord): Promise<RevocationReceipt>
  revokeGrant(grantId: string): Promise<RevocationReceipt>
  revokeSession(sessionId: string): Promise<RevocationReceipt>
  revokeSubject(sub: string, at?: number): Promise<RevocationReceipt>
  revokeClient(clientId: string): Promise<RevocationReceipt>
}

/** The digest under which a token is stored and found: SHA-256, base64url. */
export function digestToken(token: string): string | Promise<string> {
  return sha256(token)
}
