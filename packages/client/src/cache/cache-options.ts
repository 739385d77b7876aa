/** Options of step `cache`. */
import type { IntrospectionResponse } from '@token-introspection/core'
import type { MaybePromise } from '@token-introspection/core/maybe-promise'
import { OptionGroup } from '@token-introspection/core/options'
import type { CacheStoreError } from '../errors.ts'
import { AnswerCache } from './answer-cache.ts'
import type { CacheStore } from './cache-store.ts'
import { MemoryCacheStore } from './memory-cache-store.ts'
import { StringPool } from './string-pool.ts'

/**
 * Step `cache`: how old an answer may be. Without this option there is no cache; `{}` turns it on.
 *
 * Security: the client notices a revocation at most `maxAgeSeconds` late.
 */
export interface CacheOptions {
  /**
   * For how many seconds after its request an active answer is used again, but never past the token's `exp`. Default
   * 30, from 0 to 86400. 0 keeps no active answer.
   */
  readonly maxAgeSeconds?: number | undefined
  /**
   * The same for inactive answers. A token may become active, for example when it was issued a moment ago. Default 5,
   * from 0 to 300. 0 keeps no inactive answer.
   */
  readonly inactiveMaxAgeSeconds?: number | undefined
  /** How many active answers are kept in memory. Default 10000, from 1 to 1000000. Unused answers are dropped first. */
  readonly maxEntries?: number | undefined
  /** How many inactive answers are kept in memory. Default 1000, from 1 to 1000000. */
  readonly inactiveMaxEntries?: number | undefined
  /**
   * A store in place of memory, which several processes can share. It needs `keySecret`, and a client authentication
   * with a client identifier.
   */
  readonly store?: CacheStore | undefined
  /**
   * A secret of at least 32 characters for the digests of keys. It must be the same in every process that shares a
   * store. In memory a random secret is used.
   */
  readonly keySecret?: string | undefined
}

/** The defaults of the step. */
export const cacheDefaults = Object.freeze({
  maxAgeSeconds: 30,
  inactiveMaxAgeSeconds: 5,
  maxEntries: 10_000,
  inactiveMaxEntries: 1000,
})

/** Everything step `cache` needs. */
export interface CacheStep<Result extends { readonly active: boolean }> {
  readonly answers: AnswerCache<Result>
  /** For answers that stay in this process. */
  readonly strings: StringPool | undefined
  /** The number of kept answers; `undefined` with a custom store. */
  readonly entries: () => number | undefined
  readonly keySecret: string | undefined
  /** Whether other processes may read and write the same store. */
  readonly isShared: boolean
}

/** The settings of the step, in addition to its options. */
export interface CacheSurroundings<Result> {
  readonly nowMs: () => number
  /** The part of a key that is the same for every answer about one token. */
  readonly tokenPart: (key: string) => string
  /** Judges an answer again, at the given time in seconds. */
  readonly judge: (response: IntrospectionResponse, now: number) => MaybePromise<Result>
  readonly onFailure: (error: CacheStoreError) => void
}

/** Resolves the step from the options of the client; `undefined` when there is no cache. */
export function resolveCache<Result extends { readonly active: boolean }>(
  options: OptionGroup,
  surroundings: CacheSurroundings<Result>,
): CacheStep<Result> | undefined {
  if (!options.has('cache')) return undefined
  const group = new OptionGroup('cache', options.raw('cache'), [
    'maxAgeSeconds',
    'inactiveMaxAgeSeconds',
    'maxEntries',
    'inactiveMaxEntries',
    'store',
    'keySecret',
  ])
  const limits = {
    maxAgeSeconds: group.number('maxAgeSeconds', { default: cacheDefaults.maxAgeSeconds, min: 0, max: 86_400 }),
    inactiveMaxAgeSeconds: group.number('inactiveMaxAgeSeconds', {
      default: cacheDefaults.inactiveMaxAgeSeconds,
      min: 0,
      max: 300,
    }),
  }
  const bounds = { min: 1, max: 1_000_000 }
  const maxEntries = group.integer('maxEntries', { default: cacheDefaults.maxEntries, ...bounds })
  const inactiveMaxEntries = group.integer('inactiveMaxEntries', {
    default: cacheDefaults.inactiveMaxEntries,
    ...bounds,
  })
  const given = group.seam<CacheStore>('store', 'get', 'set', 'delete', 'clear')
  const keySecret = group.string('keySecret')
  if (keySecret !== undefined && keySecret.length < 32) {
    throw group.error('keySecret', 'must have at least 32 characters')
  }
  if (given === undefined) {
    const memory = new MemoryCacheStore<Result>({ maxEntries, inactiveMaxEntries })
    const answers = new AnswerCache({ ...surroundings, store: memory, memory, limits })
    return { answers, strings: new StringPool(), entries: () => memory.size, keySecret, isShared: false }
  }
  if (keySecret === undefined)
    throw group.error('keySecret', 'is required with a store, so that its keys stay the same')
  if (group.has('maxEntries') || group.has('inactiveMaxEntries')) {
    throw group.error(group.has('maxEntries') ? 'maxEntries' : 'inactiveMaxEntries', 'is for the cache in memory alone')
  }
  const answers = new AnswerCache({ ...surroundings, store: given, memory: undefined, limits })
  return { answers, strings: undefined, entries: () => undefined, keySecret, isShared: true }
}
