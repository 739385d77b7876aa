/** Step `cache`: finds answers in a store that processes share. */
import { type IntrospectionResponse, parseIntrospectionResponse } from '@token-introspection/core'
import { isPromise, type MaybePromise } from '@token-introspection/core/maybe-promise'
import type { LivenessRecord } from '../revocations/liveness.ts'
import type { FollowedFeed } from '../revocations/revocations-step.ts'
import type { AnswerSource, RecallOptions, SourceSettings } from './answer-source.ts'
import { type CacheLimits, cacheLifetime } from './cache-lifetime.ts'
import type { CacheEntry, CacheStore } from './cache-store.ts'
import { isFresh } from './is-fresh.ts'
import { isVoidEntry } from './is-void-entry.ts'
import { judgeKept } from './judge-kept.ts'
import { type StoreCalls, withinDeadline } from './store-calls.ts'

/** The settings of the source. */
export interface SharedAnswersSettings<Result> extends SourceSettings<Result> {
  readonly store: CacheStore
  readonly limits: CacheLimits
  /** The feed of revocations that the client follows. */
  readonly feed: FollowedFeed | undefined
  readonly calls: StoreCalls
}

/** An entry, as the store returns it. Many stores return `null` for no entry. */
type FoundEntry = CacheEntry | null | undefined

/** Answers that another process may have stored. Every entry is checked like an answer from the network. */
export class SharedAnswers<Result extends { readonly active: boolean }> implements AnswerSource<Result> {
  readonly #settings: SharedAnswersSettings<Result>

  constructor(settings: SharedAnswersSettings<Result>) {
    this.#settings = settings
  }

  /** Returns without a promise when the store does. */
  recall(key: string, options: RecallOptions, liveness: LivenessRecord | undefined): MaybePromise<Result | undefined> {
    const { store, nowMs, counts, calls } = this.#settings
    try {
      const entry = store.get(key)
      if (isPromise(entry)) return this.#recallLater(entry, key, options, liveness)
      const now = nowMs()
      const response = this.#use(entry, key, options, now, liveness)
      if (response === undefined) return counts.miss()
      const result = judgeKept(response, now, this.#settings)
      if (!isPromise(result)) return counts.count(result)
      return result.then((judged) =>
        counts.count(this.#isStillUsable(entry, key, options, liveness) ? judged : undefined),
      )
    } catch (error) {
      calls.fail('get', error)
      return counts.miss()
    }
  }

  peek(key: string): MaybePromise<FoundEntry> {
    const entry = this.#settings.store.get(key)
    return isPromise(entry) ? withinDeadline(entry) : entry
  }

  wouldRecall(
    entry: CacheEntry,
    key: string,
    { maxAgeSeconds, notOlderThan }: RecallOptions,
    nowMs: number,
  ): IntrospectionResponse | undefined {
    const { feed } = this.#settings
    const response = this.#fresh(entry, key, maxAgeSeconds, nowMs)
    if (response === undefined || notOlderThan !== undefined) return undefined
    return feed !== undefined && isVoidEntry(entry, feed.state) ? undefined : response
  }

  async #recallLater(
    pending: Promise<FoundEntry>,
    key: string,
    options: RecallOptions,
    liveness: LivenessRecord | undefined,
  ): Promise<Result | undefined> {
    const { counts, calls } = this.#settings
    let response: IntrospectionResponse | undefined
    let entry: FoundEntry
    let nowMs = Number.NaN
    try {
      entry = await withinDeadline(pending)
      nowMs = this.#settings.nowMs()
      response = this.#use(entry, key, options, nowMs, liveness)
    } catch (error) {
      calls.fail('get', error)
    }
    const judging = response && judgeKept(response, nowMs, this.#settings)
    if (!isPromise(judging)) return counts.count(judging)
    const result = await judging
    return counts.count(this.#isStillUsable(entry, key, options, liveness) ? result : undefined)
  }

  /**
   * The answer of an entry that a call may use. The age of the entry is not proven, so a feed can only make it void: if
   * this process has applied the event at which another one read it, and an event since has touched its keys.
   */
  #use(
    entry: FoundEntry,
    key: string,
    { maxAgeSeconds, notOlderThan }: RecallOptions,
    nowMs: number,
    liveness: LivenessRecord | undefined,
  ): IntrospectionResponse | undefined {
    if (notOlderThan !== undefined || entry === undefined || entry === null) return undefined
    const response = this.#fresh(entry, key, maxAgeSeconds, nowMs)
    if (response === undefined || this.#isVoid(entry)) return undefined
    if (entry.isLocal === true) liveness?.noteLocal('cache', nowMs - entry.askedAtMs)
    else liveness?.note('cache', nowMs - entry.askedAtMs)
    return response
  }

  /** Whether the entry may still be used, after a judge that took its time. */
  #isStillUsable(
    entry: FoundEntry,
    key: string,
    options: RecallOptions,
    liveness: LivenessRecord | undefined,
  ): boolean {
    return this.#use(entry, key, options, this.#settings.nowMs(), liveness) !== undefined
  }

  #fresh(
    entry: CacheEntry,
    key: string,
    maxAgeSeconds: number | undefined,
    nowMs: number,
  ): IntrospectionResponse | undefined {
    if (!isFresh(entry, key, maxAgeSeconds, nowMs, this.#settings)) return undefined
    const { askedAtMs } = entry
    const response = parseIntrospectionResponse(entry.response)
    // Another process may have stored it under other limits, or for longer than the token lives.
    const lifetimeMs = cacheLifetime(response, this.#settings.limits, askedAtMs / 1000) * 1000
    return nowMs - askedAtMs < lifetimeMs ? response : undefined
  }

  #isVoid(entry: CacheEntry): boolean {
    const { feed } = this.#settings
    if (feed === undefined || !isVoidEntry(entry, feed.state)) return false
    feed.voided += 1
    return true
  }
}
