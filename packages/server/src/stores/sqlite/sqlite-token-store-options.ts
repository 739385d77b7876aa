/** What the SQLite token store is told, and what it can do beyond every token store. */
import { OptionGroup } from '@token-introspection/core/options'
import type { TokenRecord } from '../token-record.ts'
import type { WritableTokenStore } from '../token-store.ts'
import { readTokenStoreOptions, TOKEN_STORE_OPTIONS, type TokenStoreOptions } from '../token-store-options.ts'
import type { SqliteDatabase } from './sqlite-database.ts'

/** Options of {@link createSqliteTokenStore}. */
export interface SqliteTokenStoreOptions extends TokenStoreOptions {
  /** An open database. The store never closes it, and sets no pragma. */
  readonly database: SqliteDatabase
}

/** The store that {@link createSqliteTokenStore} creates. */
export interface SqliteTokenStore<Claims extends object = object> extends WritableTokenStore<Claims> {
  /** Not a promise: the handler goes on at once. */
  find(digest: string): TokenRecord<Claims> | null
  /**
   * Removes rows that nobody needs any more: expired tokens, and tokens that were revoked with many others, together with
   * the row that revoked them, an hour and `unstoredLifetimeSeconds` after the revocation. Every `save` and every tombstone
   * already removes a few rows, so call this only to get the space back sooner.
   *
   * @param limit - the most rows to remove; 1000 unless given.
   * @returns how many rows were removed.
   * @throws TypeError if `limit` is not a whole number from 1.
   */
  removeExpired(limit?: number): number
}

/** Reads the options. */
export function readSqliteTokenStoreOptions(options: SqliteTokenStoreOptions) {
  const group = new OptionGroup('', options, ['database', ...TOKEN_STORE_OPTIONS])
  const database = group.seam<SqliteDatabase>('database', 'exec', 'prepare')
  if (database === undefined) throw group.error('database', 'is required')
  return { database, ...readTokenStoreOptions(group) }
}
