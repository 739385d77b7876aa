/** The options of the SQLite token store, and its method that other token stores need not have. */
import { OptionGroup } from '@token-introspection/core/options'
import type { TokenRecord } from '../token-record.ts'
import type { ListableTokenStore, ReceiptedTokenStore } from '../token-store.ts'
import { type PepperOptions, readPeppers } from '../pepper-options.ts'
import { readTokenStoreOptions, TOKEN_STORE_OPTIONS, type TokenStoreOptions } from '../token-store-options.ts'
import type { SqliteDatabase } from './sqlite-database.ts'

/** Options of {@link createSqliteTokenStore}. */
export interface SqliteTokenStoreOptions extends TokenStoreOptions, PepperOptions {
  /** An open database. The store never closes it, and sets no pragma. */
  readonly database: SqliteDatabase
}

/** The store that {@link createSqliteTokenStore} creates. */
export interface SqliteTokenStore<Claims extends object = object>
  extends ReceiptedTokenStore<Claims>,
    Pick<ListableTokenStore<Claims>, 'list' | 'revokeListed'> {
  /** Returns no promise, so the handler does not wait. */
  find(digest: string): TokenRecord<Claims> | null
  /**
   * Removes rows that are no longer needed. These are expired tokens. An hour and `unstoredLifetimeSeconds` after a
   * revocation of many tokens, these are also its tokens and the row of the revocation. Every `save` and every tombstone
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
  const group = new OptionGroup('', options, ['database', ...TOKEN_STORE_OPTIONS, 'revocationLog', 'pepper'])
  const database = group.seam<SqliteDatabase>('database', 'exec', 'prepare')
  if (database === undefined)
    throw group.error('database', "is required, such as new DatabaseSync('tokens.sqlite') of node:sqlite")
  const common = readTokenStoreOptions(group)
  return { database, ...common, peppers: readPeppers(group, common.revocationLog?.keySecret) }
}
