/** A cache store in two tiers: memory of this process, before a store that processes share. */
import { OptionGroup } from '@token-introspection/core/options'
import type { CacheStore } from '../cache/cache-store.ts'
import { isPromise } from '@token-introspection/core/maybe-promise'
import { NearEntries } from './near-entries.ts'

/** Options of {@link createTieredCacheStore}. */
export interface TieredCacheStoreOptions {
  /** The store that processes share, such as that of `createRedisCacheStore`. */
  readonly store: CacheStore
  /**
   * Seconds for which this process uses an entry again without a read of the shared store. So this is how late it notices
   * that another process forgot a token. Default 1, from 0.01 to 60.
   */
  readonly nearSeconds?: number | undefined
  /** How many tokens have entries in memory. Default 10000, from 1 to 1000000. Unused entries are dropped first. */
  readonly maxEntries?: number | undefined
  /** Milliseconds since the epoch. Default `Date.now`. */
  readonly now?: (() => number) | undefined
}

/**
 * Creates a cache store that reads from memory before it reads from a shared store. An entry in memory keeps its age and
 * its expiry, so no answer lives longer than in the shared store alone.
 *
 * `delete`, `forget` and `clear` act on both tiers at once. Another process notices them after `nearSeconds` at most. A
 * revocation of the feed makes entries void in both tiers, because the client checks each entry that it gets. Memory is
 * filled by reads alone: what the shared store refuses, such as an answer that was requested before its token was
 * forgotten, never gets there.
 *
 * @throws TypeError that names the option that is wrong.
 *
 * @example
 * ```ts
 * import { clientSecretBasic, IntrospectionClient } from '@token-introspection/client'
 * import { createTieredCacheStore } from '@token-introspection/client/cache-stores'
 * import { createRedisCacheStore } from '@token-introspection/client/redis'
 * import { Redis } from 'ioredis'
 *
 * const client = new Redis({ enableOfflineQueue: false, maxRetriesPerRequest: 0, commandTimeout: 250 })
 *
 * export const introspection = new IntrospectionClient({
 *   issuer: 'https://as.example.com',
 *   clientAuthentication: clientSecretBasic('orders-api', 's3cr3t'),
 *   cache: {
 *     store: createTieredCacheStore({ store: createRedisCacheStore({ client }), nearSeconds: 2 }),
 *     keySecret: 'the same for every process of this API',
 *   },
 * })
 * ```
 */
export function createTieredCacheStore(options: TieredCacheStoreOptions): CacheStore {
  const group = new OptionGroup('', options, ['store', 'nearSeconds', 'maxEntries', 'now'])
  const store = requireCacheStore(group)
  const near = new NearEntries({
    nearMs: group.number('nearSeconds', { default: 1, min: 0.01, max: 60 }) * 1000,
    maxEntries: group.integer('maxEntries', { default: 10_000, min: 1, max: 1_000_000 }),
    nowMs: group.function<() => number>('now') ?? Date.now,
  })
  return {
    get(key) {
      const known = near.get(key)
      if (known !== undefined) return known
      const read = near.begin(key)
      const found = store.get(key)
      return isPromise(found) ? found.then((entry) => near.end(read, entry)) : near.end(read, found)
    },
    set: (key, entry) => near.change(key, () => store.set(key, entry)),
    delete: (key) => near.change(key, () => store.delete(key)),
    ...(store.forget && { forget: (key: string) => near.change(key, () => store.forget?.(key)) }),
    clear: () => near.changeAll(() => store.clear()),
  }
}

/** The store that a store of this entry wraps. */
export function requireCacheStore(group: OptionGroup): CacheStore {
  const store = group.seam<CacheStore>('store', 'get', 'set', 'delete', 'clear')
  if (store === undefined) throw group.error('store', 'is required')
  return store
}
