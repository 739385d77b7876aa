/** The options of the PostgreSQL token store, and its methods that other token stores need not have. */
import { OptionGroup } from '@token-introspection/core/options'
import type { TokenRecord } from '../token-record.ts'
import type { ListableTokenStore, ReceiptedTokenStore } from '../token-store.ts'
import { type PepperOptions, readPeppers } from '../pepper-options.ts'
import { readTokenStoreOptions, TOKEN_STORE_OPTIONS, type TokenStoreOptions } from '../token-store-options.ts'
import type { PostgresPool } from './postgres-pool.ts'

/** Options of {@link createPostgresTokenStore}. */
export interface PostgresTokenStoreOptions extends TokenStoreOptions, PepperOptions {
  /** A pool of connections to the primary. The store never ends it. */
  readonly pool: PostgresPool
}

/** The store that {@link createPostgresTokenStore} creates. */
export interface PostgresTokenStore<Claims extends object = object>
  extends ReceiptedTokenStore<Claims>,
    Pick<ListableTokenStore<Claims>, 'list' | 'revokeListed'> {
  find(digest: string): Promise<TokenRecord<Claims> | null>
  /**
   * Creates the tables and indexes that are missing, in the first schema of the connection's `search_path`. It runs
   * {@link postgresTokenStoreSchema}. If many processes start at once, they do it one after the other.
   */
  migrate(): Promise<void>
  /**
   * Removes rows that are no longer needed. These are expired tokens. An hour and `unstoredLifetimeSeconds` after a
   * revocation of many tokens, these are also its tokens and the row of the revocation. Every `save` and every tombstone
   * already removes a few rows, so call this only to get the space back sooner. Several processes may call it at once: none
   * waits for rows that another process is removing.
   *
   * @param limit - the most rows to remove; 1000 unless given.
   * @returns how many rows were removed.
   * @throws TypeError if `limit` is not a whole number from 1.
   */
  removeExpired(limit?: number): Promise<number>
}

/** Reads the options. */
export function readPostgresTokenStoreOptions(options: PostgresTokenStoreOptions) {
  const group = new OptionGroup('', options, ['pool', ...TOKEN_STORE_OPTIONS, 'revocationLog', 'pepper'])
  const pool = group.seam<PostgresPool>('pool', 'query')
  if (pool === undefined)
    throw group.error(
      'pool',
      'is required: new Pool({ connectionString }) of the package pg, or another object with query()',
    )
  const common = readTokenStoreOptions(group)
  return { pool, ...common, peppers: readPeppers(group, common.revocationLog?.keySecret) }
}
