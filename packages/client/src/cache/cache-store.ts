/** Seam: keeps answers. */
import type { IntrospectionResponse } from '@token-introspection/core'
import type { MaybePromise } from '@token-introspection/core/maybe-promise'

/** One stored answer: JSON data, without a token. */
export interface CacheEntry {
  readonly response: IntrospectionResponse
  /**
   * When the answer was requested, in milliseconds since the epoch by the clock of the client that stores or reads it.
   * A store with a clock of its own converts it. Too early is safe, too late is not.
   */
  readonly askedAtMs: number
  /**
   * The position of the revocation feed after which the answer was read, if the client follows one. Keep it as it is: it
   * is what lets another process see that a revocation made the entry void.
   */
  readonly readAt?: string | undefined
  /** The keys of the events that can make the answer void. */
  readonly revocationKeys?: readonly string[] | undefined
  /**
   * Whether the client made the answer from a JWT, without asking. Its age then says nothing about revocations. Keep it as
   * it is.
   */
  readonly isLocal?: boolean | undefined
  /** When the store may drop the entry, in milliseconds since the epoch. The client does not use it afterwards. */
  readonly expiresAtMs: number
}

/**
 * Keeps answers by fingerprint. Every method may return a promise. The store need not drop expired entries: the client
 * checks the times itself, and checks every entry like an answer from the network.
 *
 * When a store throws, or takes longer than 250 milliseconds, the client reports `ERR_CACHE_STORE`, and the call
 * continues without the store.
 *
 * Security: entries decide who may do what. A program that can write to the store can let tokens in.
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
  /** Stores an entry, and replaces an existing one. */
  set(key: string, entry: CacheEntry): MaybePromise<void>
  /** Deletes one entry, if there is one. */
  delete(key: string): MaybePromise<void>
  /**
   * Forgets a token for all processes that share the store: deletes the entries whose key is this, or begins with this
   * and a dot. It also refuses, atomically, every answer that was requested before now, even when another process
   * stores it later. Without this method the client uses `delete`, and an answer that another process is waiting for is
   * stored.
   */
  forget?(key: string): MaybePromise<void>
  /** Deletes every entry. A store with `forget` also refuses answers that were requested before now. */
  clear(): MaybePromise<void>
}
