/** Step `cache`: keeps answers, and forgets them. Where it looks for them depends on the store. */
import type { IntrospectionResponse } from '@token-introspection/core'
import { andThen, type MaybePromise } from '@token-introspection/core/maybe-promise'
import type { CacheStoreError } from '../errors.ts'
import { type CacheLimits, cacheLifetime } from './cache-lifetime.ts'
import type { CacheEntry, CacheStore } from './cache-store.ts'
import type { LivenessRecord } from '../revocations/liveness.ts'
import type { ReadAnswer } from '../revocations/read-answer.ts'
import type { FollowedFeed } from '../revocations/revocations-step.ts'
import { AnswerCounts } from './answer-counts.ts'
import type { AnswerSource, RecallOptions, SourceSettings } from './answer-source.ts'
import { Forgotten } from './forgotten.ts'
import { judgeKept } from './judge-kept.ts'
import { MemoryAnswers } from './memory-answers.ts'
import type { MemoryCacheStore } from './memory-cache-store.ts'
import { SharedAnswers } from './shared-answers.ts'
import { StoreCalls } from './store-calls.ts'

/** The settings of the cache. */
export interface AnswerCacheSettings<Result> extends Omit<SourceSettings<Result>, 'forgotten' | 'counts'> {
  readonly store: CacheStore
  /** The store, if it is in memory. */
  readonly memory: MemoryCacheStore<Result> | undefined
  readonly limits: CacheLimits
  /** The feed of revocations that the client follows. */
  readonly feed?: FollowedFeed | undefined
  /** Gets the failures of the store. */
  readonly onFailure: (error: CacheStoreError) => void
}

/** An answer of the cache, for somebody who only looks. */
export interface KeptAnswer<Result> extends Pick<CacheEntry, 'askedAtMs' | 'expiresAtMs' | 'isLocal'> {
  /** The judged answer; `undefined` when no call with these options may use it. */
  readonly result: Result | undefined
}

/** Answers that may be used again. */
export class AnswerCache<Result extends { readonly active: boolean }> {
  readonly #settings: AnswerCacheSettings<Result>
  readonly #forgotten = new Forgotten()
  readonly #counts = new AnswerCounts()
  readonly #calls: StoreCalls
  readonly #source: AnswerSource<Result>

  constructor(settings: AnswerCacheSettings<Result>) {
    const { memory, store, limits, feed, tokenPart, nowMs, judge } = settings
    this.#settings = settings
    this.#calls = new StoreCalls(settings.onFailure)
    const common = { tokenPart, nowMs, judge, forgotten: this.#forgotten, counts: this.#counts }
    this.#source =
      memory === undefined
        ? new SharedAnswers({ ...common, store, limits, feed, calls: this.#calls })
        : new MemoryAnswers(memory, common)
  }

  get hits(): number {
    return this.#counts.hits
  }

  get inactiveHits(): number {
    return this.#counts.inactiveHits
  }

  get misses(): number {
    return this.#counts.misses
  }

  /**
   * Finds an answer that is fresh enough; `undefined` when there is none. It returns without a promise when the store
   * does. It never rejects.
   *
   * @param liveness - is filled when an answer is found.
   */
  recall(key: string, options: RecallOptions, liveness?: LivenessRecord): MaybePromise<Result | undefined> {
    // No stored answer is that young.
    if (options.maxAgeSeconds === 0) return this.#counts.miss()
    return this.#source.recall(key, options, liveness)
  }

  /**
   * Looks at the answer of a key; `undefined` when there is none. Its `result` is what {@link AnswerCache.recall} would
   * return. Nothing is counted, dropped or changed.
   *
   * @throws or rejects when the store fails.
   */
  peek(key: string, options: RecallOptions): MaybePromise<KeptAnswer<Result> | undefined> {
    const source = this.#source
    return andThen(source.peek(key), (entry) => {
      if (entry === undefined || entry === null) return undefined
      const { askedAtMs, expiresAtMs, isLocal } = entry
      const nowMs = this.#settings.nowMs()
      const response = options.maxAgeSeconds === 0 ? undefined : source.wouldRecall(entry, key, options, nowMs)
      const judged = response && judgeKept(response, nowMs, this.#settings)
      return andThen(judged, (result) => ({ askedAtMs, expiresAtMs, isLocal, result }))
    })
  }

  /**
   * Stores an answer, if it may be used again. The caller does not wait for it.
   *
   * @param read - where it was read, when the client follows a feed.
   * @param isLocal - whether it was made from a JWT, without a request.
   */
  keep(key: string, response: IntrospectionResponse, askedAtMs: number, read?: ReadAnswer, isLocal = false): void {
    const { store, memory, limits, nowMs } = this.#settings
    // Entries of a store that processes share have no proven age, so no feed lets them live longer.
    const lasts = cacheLifetime(response, limits, askedAtMs / 1000, memory !== undefined && read?.isProven)
    const lifetimeMs = read?.mayBeKept() === false ? 0 : lasts * 1000
    // Even an answer that is not stored must replace an older one. A request from the future was sent before the clock
    // was set back.
    if (!(lifetimeMs > 0 && askedAtMs <= nowMs())) this.#calls.write('delete', () => store.delete(key))
    else {
      const expiresAtMs = askedAtMs + Math.floor(lifetimeMs)
      const entry: CacheEntry = isLocal
        ? { response, askedAtMs, expiresAtMs, isLocal }
        : { response, askedAtMs, expiresAtMs }
      this.#forgotten.noteKept(askedAtMs)
      if (memory !== undefined) memory.set(key, entry, read)
      else this.#calls.write('set', () => store.set(key, { ...entry, ...read?.forStore() }))
    }
  }

  /** Resolves when every answer is stored that {@link AnswerCache.keep} got so far, or could not be stored in time. */
  idle(): Promise<void> {
    return this.#calls.idle()
  }

  /** How many seconds old an answer may be by the scope of its token; infinite without such a limit. */
  limitOf(response: IntrospectionResponse): number {
    const { byScope } = this.#settings.limits
    return response.active && byScope !== undefined ? byScope.limitOf(response) : Number.POSITIVE_INFINITY
  }

  /** Forgets every answer about a token, also answers with a hint or parameters. */
  forget(key: string): MaybePromise<void> {
    const { nowMs, store } = this.#settings
    const now = nowMs()
    this.#forgotten.sweep(this.#longestMs(), now)
    this.#forgotten.add(key, now)
    return this.#calls.attempt('forget', () => (store.forget === undefined ? store.delete(key) : store.forget(key)))
  }

  /** Forgets every answer. */
  forgetAll(): MaybePromise<void> {
    this.#forgotten.addAll(this.#settings.nowMs())
    return this.#calls.attempt('clear', () => this.#settings.store.clear())
  }

  #longestMs(): number {
    const { maxAgeSeconds, inactiveMaxAgeSeconds, maxAgeWhileConnectedSeconds = 0 } = this.#settings.limits
    return Math.max(maxAgeSeconds, inactiveMaxAgeSeconds, maxAgeWhileConnectedSeconds) * 1000
  }
}
