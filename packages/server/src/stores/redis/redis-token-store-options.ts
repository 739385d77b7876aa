/** The options of the Redis token store. */
import { OptionGroup } from '@token-introspection/core/options'
import {
  type CallableRedisClient,
  readRevocationStreamOptions,
  type SendingRedisClient,
} from '@token-introspection/core/redis'
import { CUTOFF_KEPT_SECONDS } from '../cutoff.ts'
import type { TokenRecord } from '../token-record.ts'
import type { ReceiptedTokenStore, TokenPageQuery } from '../token-store.ts'
import { type PepperOptions, readPeppers } from '../pepper-options.ts'
import { readTokenStoreOptions, TOKEN_STORE_OPTIONS, type TokenStoreOptions } from '../token-store-options.ts'
import { watchStream } from './watch-stream.ts'

/** Options of {@link createRedisTokenStore}. */
export interface RedisTokenStoreOptions extends TokenStoreOptions, PepperOptions {
  /**
   * A connected client of ioredis or node-redis, or any object with the same method: `call` or `sendCommand`. If it has
   * both, the store uses `call`. The store never closes the client.
   */
  readonly client: CallableRedisClient | SendingRedisClient
  /**
   * The beginning of every key. Default `{introspection}:`. The braces put all keys into one slot of a Redis Cluster, which
   * the scripts need: in a cluster, keep a pair of braces around some text.
   */
  readonly keyPrefix?: string | undefined
}

/** The store that {@link createRedisTokenStore} creates. */
export interface RedisTokenStore<Claims extends object = object> extends ReceiptedTokenStore<Claims> {
  find(digest: string): Promise<TokenRecord<Claims> | null>
  /**
   * Not possible: the store keeps no index of users, because Redis removes tokens without telling it.
   *
   * @throws TypeError always. The stores in memory, on SQLite and on PostgreSQL can list tokens.
   */
  list(query?: TokenPageQuery): never
}

/** Reads the options. */
export function readRedisTokenStoreOptions(options: RedisTokenStoreOptions) {
  const group = new OptionGroup('', options, ['client', 'keyPrefix', ...TOKEN_STORE_OPTIONS, 'revocationLog', 'pepper'])
  const { send, keyPrefix, keys, open } = readRevocationStreamOptions(group)
  const { revocationLog, ...common } = readTokenStoreOptions(group)
  const watch = watchStream(send, open, keys.stream)
  const retentionSeconds = CUTOFF_KEPT_SECONDS + common.unstoredLifetimeSeconds
  const settings = revocationLog ?? { keySecret: undefined, retentionSeconds }
  const log = { ...settings, isAdopted: revocationLog === undefined, send, keyPrefix, now: common.now, watch }
  const peppers = readPeppers(group, revocationLog?.keySecret)
  return { send, keyPrefix, ...common, peppers, log, logKeys: [keys.stream, keys.last] as const }
}
