/** Seam: where answers are kept. */
import type { IntrospectionResponse } from '@token-introspection/core'
import type { MaybePromise } from '@token-introspection/core/maybe-promise'

/** One answer as it is kept: JSON data, and no token in it. */
export interface CacheEntry {
  readonly response: IntrospectionResponse
  /**
   * When it was asked for, in milliseconds since the epoch by the clock of the client that keeps or reads it. A store with a
   * clock of its own converts it, rather too early than too late.
   */
  readonly askedAtMs: number
  /** When it may be dropped, in milliseconds since the epoch: it is not used afterwards. */
  readonly expiresAtMs: number
}

/**
 * Keeps answers by fingerprint. Every method may return a promise. It need not drop what is expired: the client looks at
 * the times itself, and checks what it is given like an answer from the network.
 *
 * A store that throws, or takes longer than 250 milliseconds, is reported as `ERR_CACHE_STORE`, and the call goes on
 * without it.
 *
 * Security: entries say who may do what. Whoever can write to the store can let tokens in.
 *
 * @example
 * ```ts
 * import type { CacheEntry, CacheStore } from '@token-introspection/client'
 *
 * export function createMapCacheStore(): CacheStore {
 *   const entries = new Map<string, CacheEntry>()
 *   return {
 *     get: (key) => entries.get(key),
 *     set: (key, entry) => void entries.set(key, entry),
 *     delete: (key) => void entries.delete(key),
 *     clear: () => entries.clear(),
 *   }
 * }
 * ```
 */
export interface CacheStore {
  /** The entry of a key; `undefined` when there is none. */
  get(key: string): MaybePromise<CacheEntry | undefined>
  /** Keeps an entry instead of the one there may be. */
  set(key: string, entry: CacheEntry): MaybePromise<void>
  /** Forgets one entry, if there is one. */
  delete(key: string): MaybePromise<void>
  /**
   * Forgets a token for everybody who shares the store: the entries whose key is this, or begins with this and a dot; and,
   * atomically, every answer that was asked for until now, also when another process keeps it later. Without this method the
   * client uses `delete`, and an answer that another process has under way is kept.
   */
  forget?(key: string): MaybePromise<void>
  /** Forgets every entry. A store with `forget` forgets answers that are under way, too. */
  clear(): MaybePromise<void>
}
