/** Options of step `cache`. */
import type { IntrospectionResponse } from '@token-introspection/core'
import type { MaybePromise } from '@token-introspection/core/maybe-promise'
import { copyOptions, type FindSecret, OptionGroup, resolveSecret } from '@token-introspection/core/options'
import type { CacheStoreError } from '../errors.ts'
import { AnswerCache } from './answer-cache.ts'
import type { CacheStore } from './cache-store.ts'
import { DEFAULT_SLOTS, MAX_SLOTS } from '../revocations/key-slots.ts'
import type { FollowedFeed } from '../revocations/revocations-step.ts'
import { FollowedAnswers } from './followed-answers.ts'
import { MemoryCacheStore } from './memory-cache-store.ts'
import { ScopeLimits } from './scope-limits.ts'
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
  /**
   * The same for active answers that the feed of `revocations` can make void, while the client knows the feed to be
   * complete: see `leaseSeconds`. Default 600, or `maxAgeSeconds` if that is longer, from 30 to 86400. If you
   * set `maxAgeSeconds`, that is the least instead of 30. It needs `revocations`, and is for the cache in memory alone:
   * answers of a shared `store` live for `maxAgeSeconds`. So do answers of a server that names no `revocation_keys`.
   */
  readonly maxAgeWhileConnectedSeconds?: number | undefined
  /**
   * How long ago the client may have last known the feed of `revocations` to be complete, to use answers older than
   * `maxAgeSeconds`. So this is how late a revocation can be at most. The client asks the feed three times within it.
   * Default 30, from 3 to 3600. It needs `revocations`.
   */
  readonly leaseSeconds?: number | undefined
  /**
   * How many places the table has in which the client notes the keys of revocations, rounded up to a power of two. Keys
   * share places, so at very many revocations a second an answer may be asked about again for the revocation of another
   * token. With twice as many places that happens half as often. A place takes 8 octets. Default 1048576, from 65536 to
   * 16777216. It needs `revocations`.
   */
  readonly revocationSlots?: number | undefined
  /**
   * The most that an answer about a token with this scope may be old, in seconds: `{ 'payments:*': 0, 'orders:read': 10 }`.
   * A name that ends with `*` stands for every scope that begins like it. The smallest limit that applies counts, also
   * that of `maxAgeSeconds`. With 0 an answer is never used again, and no call shares the request of an earlier one.
   * Default none.
   */
  readonly maxAgeSecondsByScope?: Readonly<Record<string, number>> | undefined
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
   * A secret of at least 32 characters for the digests of keys, or a function that finds it with its first use: a build then needs no secret. When the function fails, calls fail with
   * `ERR_SECRET_UNAVAILABLE`, and the next call asks it again. It must be the same in every process that shares a
   * store. In memory a random secret is used.
   */
  readonly keySecret?: string | (() => string | Promise<string>) | undefined
}

/** The defaults of the step. */
export const cacheDefaults = Object.freeze({
  maxAgeSeconds: 30,
  inactiveMaxAgeSeconds: 5,
  maxAgeWhileConnectedSeconds: 600,
  leaseSeconds: 30,
  revocationSlots: DEFAULT_SLOTS,
  maxEntries: 10_000,
  inactiveMaxEntries: 1000,
})

/** Everything step `cache` needs. */
export interface CacheStep<Result extends { readonly active: boolean }> {
  readonly answers: Pick<AnswerCache<Result>, keyof AnswerCache<Result>>
  /** For answers that stay in this process. */
  readonly strings: StringPool | undefined
  /** The number of kept answers; `undefined` with a custom store. */
  readonly entries: () => number | undefined
  /** The number of answers that were dropped for others, although they could still be used; `undefined` likewise. */
  readonly evicted: () => number | undefined
  readonly keySecret: FindSecret | undefined
  /** Whether other processes may read and write the same store. */
  readonly isShared: boolean
}

/** How a feed is followed. */
export interface FeedLimits {
  readonly leaseSeconds: number
  /** How many places the table of keys has, a power of two. */
  readonly slots: number
}

/** The settings of the step, in addition to its options. */
export interface CacheSurroundings<Result> {
  readonly nowMs: () => number
  /** The part of a key that is the same for every answer about one token. */
  readonly tokenPart: (key: string) => string
  /** Judges an answer again, at the given time in seconds. */
  readonly judge: (response: IntrospectionResponse, now: number) => MaybePromise<Result>
  readonly onFailure: (error: CacheStoreError) => void
  /** Connects to the feed of revocations that the client follows. */
  readonly follow: ((limits: FeedLimits) => FollowedFeed) | undefined
}

/** Resolves the step from the options of the client; `undefined` when there is no cache. */
export function resolveCache<Result extends { readonly active: boolean }>(
  options: OptionGroup,
  { follow, ...surroundings }: CacheSurroundings<Result>,
): CacheStep<Result> | undefined {
  // Who follows a feed wants the cache that it serves.
  if (!options.has('cache') && follow === undefined) return undefined
  const group = new OptionGroup('cache', options.raw('cache') ?? {}, [
    'maxAgeSeconds',
    'inactiveMaxAgeSeconds',
    'maxAgeWhileConnectedSeconds',
    'leaseSeconds',
    'revocationSlots',
    'maxAgeSecondsByScope',
    'maxEntries',
    'inactiveMaxEntries',
    'store',
    'keySecret',
  ])
  const maxAgeSeconds = group.number('maxAgeSeconds', { default: cacheDefaults.maxAgeSeconds, min: 0, max: 86_400 })
  const limits = {
    maxAgeSeconds,
    inactiveMaxAgeSeconds: group.number('inactiveMaxAgeSeconds', {
      default: cacheDefaults.inactiveMaxAgeSeconds,
      min: 0,
      max: 300,
    }),
    maxAgeWhileConnectedSeconds: resolveMaxAgeWhileConnected(group, maxAgeSeconds),
    byScope: resolveScopeLimits(group),
  }
  const feedLimits = resolveFeedLimits(group)
  if (follow === undefined) refuseWithoutFeed(group)
  const feed = follow?.(feedLimits)
  const bounds = { min: 1, max: 1_000_000 }
  const maxEntries = group.integer('maxEntries', { default: cacheDefaults.maxEntries, ...bounds })
  const inactiveMaxEntries = group.integer('inactiveMaxEntries', {
    default: cacheDefaults.inactiveMaxEntries,
    ...bounds,
  })
  const given = group.seam<CacheStore>('store', 'get', 'set', 'delete', 'clear')
  const keySecret = resolveSecret(group, 'keySecret')
  if (given === undefined) {
    const followed = feed && new FollowedAnswers(feed, limits)
    const memory = new MemoryCacheStore<Result>({ maxEntries, inactiveMaxEntries, followed })
    const answers = new AnswerCache({ ...surroundings, store: memory, memory, limits, feed })
    const counts = { entries: () => memory.size, evicted: () => memory.evicted }
    return { answers, strings: new StringPool(), ...counts, keySecret, isShared: false }
  }
  if (keySecret === undefined)
    throw group.error('keySecret', 'is required with a store, so that its keys stay the same')
  const inMemory = (['maxEntries', 'inactiveMaxEntries', 'maxAgeWhileConnectedSeconds'] as const).find((name) =>
    group.has(name),
  )
  if (inMemory !== undefined) throw group.error(inMemory, 'is for the cache in memory alone: leave it or the store out')
  const answers = new AnswerCache({ ...surroundings, store: given, memory: undefined, limits, feed })
  return { answers, strings: undefined, entries: () => undefined, evicted: () => undefined, keySecret, isShared: true }
}

/** What the feed can make void lives no shorter than what it cannot. */
function resolveMaxAgeWhileConnected(group: OptionGroup, maxAgeSeconds: number): number {
  const seconds = group.number('maxAgeWhileConnectedSeconds', {
    default: Math.max(maxAgeSeconds, cacheDefaults.maxAgeWhileConnectedSeconds),
    min: 0,
    max: 86_400,
  })
  if (seconds >= maxAgeSeconds) return seconds
  throw group.error(
    'maxAgeWhileConnectedSeconds',
    `must be at least cache.maxAgeSeconds (${maxAgeSeconds}), which limits answers without a working feed: raise this, or lower that`,
  )
}

function resolveFeedLimits(group: OptionGroup): FeedLimits {
  const slots = group.integer('revocationSlots', {
    default: cacheDefaults.revocationSlots,
    min: 2 ** 16,
    max: MAX_SLOTS,
  })
  return {
    leaseSeconds: group.number('leaseSeconds', { default: cacheDefaults.leaseSeconds, min: 3, max: 3600 }),
    slots: 2 ** Math.ceil(Math.log2(slots)),
  }
}

/** An option without effect may be there because somebody believes that a feed is followed. */
function refuseWithoutFeed(group: OptionGroup): void {
  const name = (['maxAgeWhileConnectedSeconds', 'leaseSeconds', 'revocationSlots'] as const).find((each) =>
    group.has(each),
  )
  if (name === undefined) return
  const remedy = 'set revocations: followFeed() of @token-introspection/client/revocations, or leave this out'
  throw group.error(name, `has no effect without the option revocations: ${remedy}`)
}

function resolveScopeLimits(group: OptionGroup): ScopeLimits | undefined {
  if (!group.has('maxAgeSecondsByScope')) return undefined
  const limits = copyOptions<Record<string, number>>(
    'cache.maxAgeSecondsByScope',
    group.raw('maxAgeSecondsByScope') as Record<string, number>,
  )
  for (const [scope, seconds] of Object.entries<unknown>(limits)) {
    const isLimit = typeof seconds === 'number' && seconds >= 0 && seconds <= 86_400
    if (!isLimit) throw group.error(`maxAgeSecondsByScope.${scope}`, 'must be a number of seconds from 0 to 86400')
    if (scope === '' || scope.includes(' ')) throw group.error('maxAgeSecondsByScope', 'must name single scopes')
  }
  return new ScopeLimits(limits)
}
