/** The part of a store that is different for each database. The database keeps records as JSON. */
import type { MaybePromise } from '@token-introspection/core/maybe-promise'
import type { CutoffKind } from './cutoff.ts'
import type { RevocationLog, RevocationReceipt } from './revocation-log.ts'
import type { ResolvedPageQuery, TokenPlace } from './token-page.ts'
import type { TokenRecord } from './token-record.ts'

/** The row of a token or a tombstone. */
export interface TokenRow {
  /** The record. */
  readonly json: string
  /** Seconds since the epoch from which on the row may be removed; `undefined` if it always stays. */
  readonly keptUntil: number | undefined
  readonly issuedAt: number
  /** Grant, session, user and client, in the order of `identifiersOf` and escaped for the database. All `null` in a tombstone. */
  readonly identifiers: readonly (string | null)[]
  readonly revoked: boolean
}

/** A row of a list. */
export interface ListedRow extends TokenPlace {
  /** The record as JSON. */
  readonly json: string
}

/** A database that can list tokens. */
export interface ListingDatabase extends TokenDatabase {
  /**
   * Up to a number of live tokens with this identifier, in the order of {@link TokenPlace}. The identifier is escaped like those of a row.
   */
  list(query: ResolvedPageQuery): MaybePromise<readonly ListedRow[]>
}

/**
 * The database of a store. It gets digests as it keeps them: keyed ones, if the store has a pepper. Each write is atomic, because other processes use the same rows. If there is a log, a write that
 * revokes something appends its events in the same transaction: one with the kind `token` for each digest under which it
 * writes a tombstone or replaces another record, or one for a cutoff that is new or becomes later.
 */
export interface TokenDatabase {
  /** The log, if the store has the option. A write appends to a log of other processes also without it. */
  readonly revocations?: RevocationLog | undefined
  /** The lookup of the store. */
  find(digest: string): MaybePromise<TokenRecord | null>
  /** The record of a token, revoked or not, for its tombstone. `null` or `undefined` if the database does not have it. */
  held(digest: string): TokenRecord | null | undefined | Promise<TokenRecord | null | undefined>
  /**
   * Writes a token under the first digest, and replaces an earlier record. If there is a tombstone under one of the
   * digests, it writes nothing.
   *
   * @param named - the digest of the token: the key of the event is made from it.
   */
  saveToken(digests: readonly string[], row: TokenRow, named: string): MaybePromise<unknown>
  /**
   * Writes a tombstone, or a token that is saved as revoked, under every digest. This revokes one token.
   *
   * @param named - the same digests without a pepper: the keys of the events are made from them. The first one is that of the token.
   */
  saveTombstone(digests: readonly string[], row: TokenRow, named: readonly string[]): MaybePromise<RevocationReceipt>
  /**
   * Replaces the record of a token by another one with `revoked`, if it still is the expected one.
   *
   * @param before - the record that is expected, as JSON.
   * @param after - the record that replaces it, as JSON. `revoked` is its last member.
   * @returns whether the record was replaced.
   */
  consume(digest: string, before: string, after: string): MaybePromise<boolean>
  /**
   * Writes a cutoff. This revokes many tokens. Of two moments for one identifier the later one holds.
   *
   * @param stored - the identifier, escaped like those of a row.
   * @param at - seconds since the epoch. If it is undefined, the moment is now, by the clock of the store.
   * @param identifier - the identifier as it was given: the key of the event is made from it.
   */
  cutOff(kind: CutoffKind, stored: string, at: number | undefined, identifier: string): MaybePromise<RevocationReceipt>
  /**
   * Whether the token under the first digest is revoked or covered by a cutoff, there is a tombstone under one of the
   * digests, or a cutoff covers these identifiers at this `iat`.
   */
  isRevoked(
    digests: readonly string[],
    issuedAt: number,
    identifiers: readonly (string | null)[],
  ): boolean | Promise<boolean>
}
