/** The part of a store that is different for each database. The database keeps records as JSON. */
import type { CutOff } from './revocation-methods.ts'
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

/** The database of a store. Each write is atomic, because other processes use the same rows. */
export interface TokenDatabase {
  /** The record of a token, for its tombstone. `null` or `undefined` if the database does not have it. */
  held(digest: string): TokenRecord | null | undefined | Promise<TokenRecord | null | undefined>
  /**
   * Writes a token under the first digest, and replaces an earlier record. If there is a tombstone under one of the
   * digests, it writes nothing, unless the row itself is revoked.
   */
  saveToken(digests: readonly string[], row: TokenRow): void | Promise<void>
  /** Writes a tombstone under every digest. This revokes one token. */
  saveTombstone(digests: readonly string[], row: TokenRow): void | Promise<void>
  /** Writes a cutoff for an identifier that is escaped like those of a row. This revokes many tokens. */
  readonly cutOff: CutOff
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
