/** The options that both stores on Redis have. */
import type { OptionGroup } from '@token-introspection/core/options'
import {
  type CallableRedisClient,
  readRedisClient,
  type SendingRedisClient,
  type SendRedisCommand,
} from '@token-introspection/core/redis'

/** Options of both stores. */
export interface RedisStoreOptions {
  /**
   * A connected client of ioredis or node-redis, or any object with the same method: `call` or `sendCommand`. If it has
   * both, the store uses `call`. The store never closes the client.
   */
  readonly client: CallableRedisClient | SendingRedisClient
  /**
   * The beginning of every key. Default `{introspection-cache}:` or `{introspection-replay}:`. The braces put the keys of
   * a cache into one slot of a Redis Cluster, which its scripts need: in a cluster, keep a pair of braces around some text.
   */
  readonly keyPrefix?: string | undefined
  /** Milliseconds since the epoch. Default `Date.now`. The store computes the time to live of keys from it. */
  readonly now?: (() => number) | undefined
}

/** The names of {@link RedisStoreOptions}. */
export const REDIS_STORE_OPTIONS = ['client', 'keyPrefix', 'now'] as const

/** Reads the options that both stores have. */
export function readRedisStoreOptions(
  group: OptionGroup,
  defaultKeyPrefix: string,
): { readonly send: SendRedisCommand; readonly keyPrefix: string; readonly now: () => number } {
  return {
    send: readRedisClient(group),
    keyPrefix: group.string('keyPrefix') ?? defaultKeyPrefix,
    now: group.function<() => number>('now') ?? Date.now,
  }
}
