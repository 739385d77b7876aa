/** Step `cache`: keeps answers, decides when one may be used, and reports failures of the store. */
import {
  type IntrospectionResponse,
  parseIntrospectionResponse,
  toNumericDate,
  withoutData,
} from '@token-introspection/core'
import { andThen, isPromise, type MaybePromise } from '@token-introspection/core/maybe-promise'
import { CacheStoreError } from '../errors.ts'
import { type CacheLimits, cacheLifetime } from './cache-lifetime.ts'
import type { CacheEntry, CacheStore } from './cache-store.ts'
import type { LivenessRecord } from '../revocations/liveness.ts'
import type { ReadAnswer } from '../revocations/read-answer.ts'
import type { FollowedFeed } from '../revocations/revocations-step.ts'
import { toDemand } from './demand.ts'
import { isVoidEntry } from './is-void-entry.ts'
import { Forgotten } from './forgotten.ts'
import type { MemoryCacheStore } from './memory-cache-store.ts'

/** How long the cache waits for a store, in milliseconds. After that it works without the store. */
const STORE_DEADLINE_MS = 250

/** The total by which the clock may be set back before the answers in memory count as too old. */
const SMALL_STEP_MS = 1000

/** The settings of the cache. */
export interface AnswerCacheSettings<Result> {
  readonly store: CacheStore
  /** The store, if it is in memory. Its entries are objects of this process, so they cannot be forged. */
  readonly memory: MemoryCacheStore<Result> | undefined
  /** The part of a key that is the same for every answer about one token. */
  readonly tokenPart: (key: string) => string
  readonly limits: CacheLimits
  /** The feed of revocations that the client follows. */
  readonly feed?: FollowedFeed | undefined
  /** Milliseconds since the epoch. */
  readonly nowMs: () => number
  /** Judges an answer again, at the given time in seconds. An answer that fails is treated as a miss. */
  readonly judge: (response: IntrospectionResponse, now: number) => MaybePromise<Result>
  /** Gets the failures of the store. */
  readonly onFailure: (error: CacheStoreError) => void
}

/** What a call demands of an answer from the cache. */
export interface RecallOptions {
  /** How old the answer may be, within the limits. */
  readonly maxAgeSeconds?: number | undefined
  /** The position of a revocation that the answer must know of. */
  readonly notOlderThan?: string | undefined
}

/** An answer of the cache, for somebody who only looks. */
export interface KeptAnswer<Result> extends Pick<CacheEntry, 'askedAtMs' | 'expiresAtMs' | 'isLocal'> {
  /** The judged answer; `undefined` when no call with these options may use it. */
  readonly result: Result | undefined
}

/** Answers that may be used again. */
export class AnswerCache<Result extends { readonly active: boolean }> {
  readonly #settings: AnswerCacheSettings<Result>
  /** Tokens that were forgotten. The store may still hold answers about them. */
  #forgotten = new Forgotten()
  /** The latest time that this cache has seen. */
  #latestMs = Number.NEGATIVE_INFINITY
  #hits = 0
  #inactiveHits = 0
  #misses = 0
  /** Writes to a store that nobody waits for. */
  readonly #writes = new Set<Promise<void>>()

  constructor(settings: AnswerCacheSettings<Result>) {
    this.#settings = settings
  }

  get hits(): number {
    return this.#hits
  }

  get inactiveHits(): number {
    return this.#inactiveHits
  }

  get misses(): number {
    return this.#misses
  }

  /**
   * Finds an answer that is fresh enough; `undefined` when there is none. It returns without a promise when the store
   * does. It never rejects.
   *
   * @param liveness - is filled when an answer is found.
   */
  recall(key: string, options: RecallOptions, liveness?: LivenessRecord): MaybePromise<Result | undefined> {
    // No stored answer is that young.
    if (options.maxAgeSeconds === 0) return this.#count(undefined)
    const { memory } = this.#settings
    return memory === undefined
      ? this.#recallFromStore(key, options, liveness)
      : this.#recallFromMemory(memory, key, options, liveness)
  }

  /**
   * Looks at the answer of a key; `undefined` when there is none. Its `result` is what {@link AnswerCache.recall} would
   * return. Nothing is counted, dropped or changed.
   *
   * @throws or rejects when the store fails.
   */
  peek(key: string, options: RecallOptions): MaybePromise<KeptAnswer<Result> | undefined> {
    const { memory, store } = this.#settings
    return andThen(memory === undefined ? withinDeadlineIf(store.get(key)) : memory.peek(key), (entry) => {
      if (entry === undefined || entry === null) return undefined
      const { askedAtMs, expiresAtMs, isLocal } = entry
      const nowMs = this.#settings.nowMs()
      const response = this.#wouldRecall(entry, key, options, nowMs)
      const judged = response && this.#judgeOrNot(response, nowMs)
      return andThen(judged, (result) => ({ askedAtMs, expiresAtMs, isLocal, result }))
    })
  }

  /** The answer of an entry that a call may use now. */
  #wouldRecall(
    entry: CacheEntry,
    key: string,
    { maxAgeSeconds, notOlderThan }: RecallOptions,
    nowMs: number,
  ): IntrospectionResponse | undefined {
    const { memory, feed } = this.#settings
    const response = maxAgeSeconds === 0 ? undefined : this.#fresh(entry, key, maxAgeSeconds, nowMs)
    if (response === undefined) return undefined
    if (memory === undefined) {
      const isVoid = feed !== undefined && isVoidEntry(entry, feed.state)
      return isVoid || notOlderThan !== undefined ? undefined : response
    }
    if (nowMs < this.#latestMs - SMALL_STEP_MS) return undefined
    if (!response.active) return notOlderThan === undefined ? response : undefined
    return memory.active.wouldBeUsable(key, nowMs, toDemand(maxAgeSeconds, notOlderThan)) ? response : undefined
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
    if (!(lifetimeMs > 0 && askedAtMs <= nowMs())) this.#write('delete', () => store.delete(key))
    else {
      const expiresAtMs = askedAtMs + Math.floor(lifetimeMs)
      const entry: CacheEntry = isLocal
        ? { response, askedAtMs, expiresAtMs, isLocal }
        : { response, askedAtMs, expiresAtMs }
      if (memory !== undefined) memory.set(key, entry, read)
      else this.#write('set', () => store.set(key, { ...entry, ...read?.forStore() }))
    }
  }

  /** Resolves when every answer is stored that {@link AnswerCache.keep} got so far, or could not be stored in time. */
  async idle(): Promise<void> {
    await Promise.all(this.#writes)
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
    return this.#attempt('forget', () => (store.forget === undefined ? store.delete(key) : store.forget(key)))
  }

  /** Forgets every answer. */
  forgetAll(): MaybePromise<void> {
    this.#forgotten.addAll(this.#settings.nowMs())
    return this.#attempt('clear', () => this.#settings.store.clear())
  }

  /**
   * Returns without a promise when the answer was judged before. The result does not change while the clock goes
   * forward.
   */
  #recallFromMemory(
    memory: MemoryCacheStore<Result>,
    key: string,
    { maxAgeSeconds, notOlderThan }: RecallOptions,
    liveness: LivenessRecord | undefined,
  ): MaybePromise<Result | undefined> {
    const nowMs = this.#settings.nowMs()
    const demand = toDemand(maxAgeSeconds, notOlderThan)
    const goesForward = nowMs >= this.#latestMs
    if (goesForward) {
      this.#latestMs = nowMs
      const { latestMs: forgottenMs } = this.#forgotten
      const sinceMs = maxAgeSeconds === undefined ? forgottenMs : Math.max(forgottenMs, nowMs - maxAgeSeconds * 1000)
      const active = memory.active.recall(key, nowMs, sinceMs, demand, liveness)
      if (active !== undefined) {
        this.#hits += 1
        return active
      }
      const inactive = demand?.notOlderThan === undefined ? memory.inactive.recall(key, nowMs, sinceMs) : undefined
      if (inactive !== undefined) return this.#count(inactive)
    } else if (this.#isSetBack(nowMs)) return this.#count(undefined)
    const response = this.#fresh(memory.get(key), key, maxAgeSeconds, nowMs)
    if (response === undefined) return this.#count(undefined)
    if (!response.active && demand?.notOlderThan !== undefined) return this.#count(undefined)
    const isUsable = (): boolean => {
      const now = this.#settings.nowMs()
      if (this.#fresh(memory.get(key), key, maxAgeSeconds, now) !== response) return false
      return !response.active || memory.active.isUsable(key, now, demand, liveness)
    }
    if (!isUsable()) return this.#count(undefined)
    const result = this.#judgeOrNot(response, nowMs)
    // What the feed says may have changed while the judge worked.
    if (isPromise(result)) return result.then((judged) => this.#count(isUsable() ? judged : undefined))
    // A token that is not valid yet may become valid.
    if (goesForward && result?.active === response.active) memory.remember(key, result)
    return this.#count(result)
  }

  #recallFromStore(
    key: string,
    options: RecallOptions,
    liveness: LivenessRecord | undefined,
  ): MaybePromise<Result | undefined> {
    const { store, nowMs } = this.#settings
    try {
      const entry = store.get(key)
      if (isPromise(entry)) return this.#recallLater(entry, key, options, liveness)
      const now = nowMs()
      const response = this.#freshInStore(entry, key, options, now, liveness)
      if (response === undefined) return this.#count(undefined)
      const result = this.#judgeOrNot(response, now)
      if (!isPromise(result)) return this.#count(result)
      return result.then((judged) =>
        this.#count(this.#isStillFresh(entry, key, options, liveness) ? judged : undefined),
      )
    } catch (error) {
      this.#fail('get', error)
      return this.#count(undefined)
    }
  }

  /**
   * Whether the clock was set back so far that the age of the answers in memory is unknown: when the clock reaches the
   * old time again, they would seem as young as before. A shared store drops its entries by itself.
   */
  #isSetBack(nowMs: number): boolean {
    if (!(nowMs < this.#latestMs - SMALL_STEP_MS)) return false
    void this.#attempt('clear', () => this.#settings.store.clear())
    this.#forgotten = new Forgotten()
    this.#latestMs = nowMs
    return true
  }

  async #recallLater(
    pending: Promise<CacheEntry | undefined>,
    key: string,
    options: RecallOptions,
    liveness: LivenessRecord | undefined,
  ): Promise<Result | undefined> {
    let response: IntrospectionResponse | undefined
    let entry: CacheEntry | undefined
    let nowMs = Number.NaN
    try {
      entry = await withinDeadline(pending)
      nowMs = this.#settings.nowMs()
      response = this.#freshInStore(entry, key, options, nowMs, liveness)
    } catch (error) {
      this.#fail('get', error)
    }
    const judging = response && this.#judgeOrNot(response, nowMs)
    if (!isPromise(judging)) return this.#count(judging)
    const result = await judging
    return this.#count(this.#isStillFresh(entry, key, options, liveness) ? result : undefined)
  }

  /**
   * The answer of an entry, while it may be used. Each comparison states the good case, so that NaN lets no answer
   * pass.
   */
  #fresh(
    entry: CacheEntry | null | undefined,
    key: string,
    maxAgeSeconds: number | undefined,
    now: number,
  ): IntrospectionResponse | undefined {
    // Many stores return `null` for no entry.
    if (entry === undefined || entry === null) return undefined
    const { askedAtMs, expiresAtMs } = entry
    const ageMs = now - askedAtMs
    // A negative age means that the clock was set back, so the age is unknown.
    if (!(ageMs >= 0 && now < expiresAtMs)) return undefined
    if (maxAgeSeconds !== undefined && !(ageMs < maxAgeSeconds * 1000)) return undefined
    if (this.#forgotten.covers(key, askedAtMs, this.#settings.tokenPart)) return undefined
    if (this.#settings.memory !== undefined) return entry.response
    const response = parseIntrospectionResponse(entry.response)
    // Another process may have stored it under other limits, or for longer than the token lives.
    return ageMs < cacheLifetime(response, this.#settings.limits, askedAtMs / 1000) * 1000 ? response : undefined
  }

  /**
   * The same for an entry of a store that processes share. Its age is not proven, so a feed can only make it void: if
   * this process has applied the event at which another one read it, and an event since has touched its keys.
   */
  #freshInStore(
    entry: CacheEntry | null | undefined,
    key: string,
    { maxAgeSeconds, notOlderThan }: RecallOptions,
    nowMs: number,
    liveness: LivenessRecord | undefined,
  ): IntrospectionResponse | undefined {
    if (notOlderThan !== undefined) return undefined
    const response = this.#fresh(entry, key, maxAgeSeconds, nowMs)
    if (response === undefined || entry === null || entry === undefined || this.#isVoidInStore(entry)) return undefined
    if (entry.isLocal === true) liveness?.noteLocal('cache', nowMs - entry.askedAtMs)
    else liveness?.note('cache', nowMs - entry.askedAtMs)
    return response
  }

  /** Whether the entry may still be used, after a judge that took its time. */
  #isStillFresh(
    entry: CacheEntry | undefined,
    key: string,
    options: RecallOptions,
    liveness: LivenessRecord | undefined,
  ): boolean {
    return this.#freshInStore(entry, key, options, this.#settings.nowMs(), liveness) !== undefined
  }

  #isVoidInStore(entry: CacheEntry | null | undefined): boolean {
    const { feed } = this.#settings
    if (feed === undefined || entry === undefined || entry === null) return false
    if (!isVoidEntry(entry, feed.state)) return false
    feed.voided += 1
    return true
  }

  /** An answer that fails a check is treated as a miss: the client asks the authorization server. */
  #judgeOrNot(response: IntrospectionResponse, nowMs: number): MaybePromise<Result | undefined> {
    try {
      const result = this.#settings.judge(response, toNumericDate(nowMs))
      return isPromise(result) ? result.catch(() => undefined) : result
    } catch {
      return undefined
    }
  }

  #longestMs(): number {
    const { maxAgeSeconds, inactiveMaxAgeSeconds, maxAgeWhileConnectedSeconds = 0 } = this.#settings.limits
    return Math.max(maxAgeSeconds, inactiveMaxAgeSeconds, maxAgeWhileConnectedSeconds) * 1000
  }

  #count(result: Result | undefined): Result | undefined {
    if (result === undefined) this.#misses += 1
    else {
      this.#hits += 1
      if (!result.active) this.#inactiveHits += 1
    }
    return result
  }

  /** Never rejects. A failure of the store is reported, and the cache works without the store. */
  #write(operation: keyof CacheStore, run: () => MaybePromise<void>): void {
    const writing = this.#attempt(operation, run)
    if (!isPromise(writing)) return
    this.#writes.add(writing)
    void writing.finally(() => this.#writes.delete(writing))
  }

  #attempt(operation: keyof CacheStore, run: () => MaybePromise<void>): MaybePromise<void> {
    try {
      const running = run()
      if (isPromise(running)) return withinDeadline(running).catch((error: unknown) => this.#fail(operation, error))
    } catch (error) {
      this.#fail(operation, error)
    }
  }

  #fail(operation: keyof CacheStore, cause: unknown): void {
    this.#settings.onFailure(new CacheStoreError(`cache.store.${operation} failed`, { cause: withoutData(cause) }))
  }
}

function withinDeadlineIf<Value>(value: MaybePromise<Value>): MaybePromise<Value> {
  return isPromise(value) ? withinDeadline(value) : value
}

function withinDeadline<Value>(promise: Promise<Value>): Promise<Value> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no answer within ${STORE_DEADLINE_MS} ms`)), STORE_DEADLINE_MS)
    promise.then(resolve, reject).then(
      () => clearTimeout(timer),
      () => undefined,
    )
  })
}
