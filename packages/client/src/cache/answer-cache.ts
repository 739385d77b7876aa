/** Step `cache`: what is remembered, when it may be used, and what is told when the store fails. */
import {
  type IntrospectionResponse,
  parseIntrospectionResponse,
  toNumericDate,
  withoutData,
} from '@token-introspection/core'
import { isPromise, type MaybePromise } from '@token-introspection/core/maybe-promise'
import { CacheStoreError } from '../errors.ts'
import { type CacheLimits, cacheLifetime } from './cache-lifetime.ts'
import type { CacheEntry, CacheStore } from './cache-store.ts'
import { Forgotten } from './forgotten.ts'
import type { MemoryCacheStore } from './memory-cache-store.ts'

/** A store that has not answered by then is done without. */
const STORE_DEADLINE_MS = 250

/** By how much the clock may be set back, in all, before the answers in memory count as too old. */
const SMALL_STEP_MS = 1000

/** What the cache is made of. */
export interface AnswerCacheSettings<Result> {
  readonly store: CacheStore
  /** The store where it is in memory: entries are our own objects then, and not what somebody may have written. */
  readonly memory: MemoryCacheStore<Result> | undefined
  /** The part of a key that is the same for every answer about one token. */
  readonly tokenPart: (key: string) => string
  readonly limits: CacheLimits
  /** Milliseconds since the epoch. */
  readonly nowMs: () => number
  /** Checks an answer again, by the clock of now in seconds; what it does not believe is asked for again. */
  readonly judge: (response: IntrospectionResponse, now: number) => MaybePromise<Result>
  /** Told when the store fails. */
  readonly onFailure: (error: CacheStoreError) => void
}

/** Answers that may be used again. */
export class AnswerCache<Result extends { readonly active: boolean }> {
  readonly #settings: AnswerCacheSettings<Result>
  /** Other answers about tokens that were forgotten may still lie in the store. */
  #forgotten = new Forgotten()
  /** The latest moment there has been, as far as this cache knows. */
  #latestMs = Number.NEGATIVE_INFINITY
  #hits = 0
  #inactiveHits = 0
  #misses = 0

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
   * An answer that is fresh enough, or `undefined`; at once where the store answers at once. It never rejects.
   *
   * @param maxAgeSeconds - how old it may be for this call, within the limits.
   */
  recall(key: string, maxAgeSeconds: number | undefined): MaybePromise<Result | undefined> {
    // Nothing is that young.
    if (maxAgeSeconds === 0) return this.#count(undefined)
    const { memory } = this.#settings
    return memory === undefined
      ? this.#recallFromStore(key, maxAgeSeconds)
      : this.#recallFromMemory(memory, key, maxAgeSeconds)
  }

  /** Keeps an answer, unless it may not be used again at all. The caller does not wait for it. */
  keep(key: string, response: IntrospectionResponse, askedAtMs: number): void {
    const { store, limits, nowMs } = this.#settings
    const lifetimeMs = cacheLifetime(response, limits, askedAtMs / 1000) * 1000
    // Whatever the reason, it must not leave an older answer in its place. What was asked for in the future was asked for before
    // the clock was set back.
    if (!(lifetimeMs > 0 && askedAtMs <= nowMs())) void this.#attempt('delete', () => store.delete(key))
    else
      void this.#attempt('set', () =>
        store.set(key, { response, askedAtMs, expiresAtMs: askedAtMs + Math.floor(lifetimeMs) }),
      )
  }

  /** Forgets every answer about a token, those with a hint or parameters included. */
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

  /** At once, where the answer was judged before: it stays what it was for as long as the clock goes forward. */
  #recallFromMemory(
    memory: MemoryCacheStore<Result>,
    key: string,
    maxAgeSeconds: number | undefined,
  ): MaybePromise<Result | undefined> {
    const nowMs = this.#settings.nowMs()
    const goesForward = nowMs >= this.#latestMs
    if (goesForward) {
      this.#latestMs = nowMs
      const { latestMs: forgottenMs } = this.#forgotten
      const sinceMs = maxAgeSeconds === undefined ? forgottenMs : Math.max(forgottenMs, nowMs - maxAgeSeconds * 1000)
      const active = memory.active.recall(key, nowMs, sinceMs)
      if (active !== undefined) {
        this.#hits += 1
        return active
      }
      const inactive = memory.inactive.recall(key, nowMs, sinceMs)
      if (inactive !== undefined) return this.#count(inactive)
    } else if (this.#isSetBack(nowMs)) return this.#count(undefined)
    const response = this.#fresh(memory.get(key), key, maxAgeSeconds, nowMs)
    if (response === undefined) return this.#count(undefined)
    const result = this.#judgeOrNot(response, nowMs)
    if (isPromise(result)) return result.then((judged) => this.#count(judged))
    // A token that is not valid yet may become so.
    if (goesForward && result?.active === response.active) memory.remember(key, result)
    return this.#count(result)
  }

  #recallFromStore(key: string, maxAgeSeconds: number | undefined): MaybePromise<Result | undefined> {
    const { store, nowMs } = this.#settings
    try {
      const entry = store.get(key)
      if (isPromise(entry)) return this.#recallLater(entry, key, maxAgeSeconds)
      const now = nowMs()
      const response = this.#fresh(entry, key, maxAgeSeconds, now)
      if (response === undefined) return this.#count(undefined)
      const result = this.#judgeOrNot(response, now)
      return isPromise(result) ? result.then((judged) => this.#count(judged)) : this.#count(result)
    } catch (error) {
      this.#fail('get', error)
      return this.#count(undefined)
    }
  }

  /**
   * Whether the clock was set back so far since it was last looked at that nobody knows how old the answers in memory are: when
   * the old time returns, they would seem to be as young as they were. A store that others write to lets go of them by itself.
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
    maxAgeSeconds: number | undefined,
  ): Promise<Result | undefined> {
    let response: IntrospectionResponse | undefined
    let nowMs = Number.NaN
    try {
      const entry = await withinDeadline(pending)
      nowMs = this.#settings.nowMs()
      response = this.#fresh(entry, key, maxAgeSeconds, nowMs)
    } catch (error) {
      this.#fail('get', error)
    }
    return this.#count(response && (await this.#judgeOrNot(response, nowMs)))
  }

  /** The answer of an entry, while it may be used. Each comparison says what must hold, so that no number passes none. */
  #fresh(
    entry: CacheEntry | null | undefined,
    key: string,
    maxAgeSeconds: number | undefined,
    now: number,
  ): IntrospectionResponse | undefined {
    // `null` is what many stores say for nothing.
    if (entry === undefined || entry === null) return undefined
    const { askedAtMs, expiresAtMs } = entry
    const ageMs = now - askedAtMs
    // An age below nothing means that the clock was set back, and says nothing about how old the answer is.
    if (!(ageMs >= 0 && now < expiresAtMs)) return undefined
    if (maxAgeSeconds !== undefined && !(ageMs < maxAgeSeconds * 1000)) return undefined
    if (this.#forgotten.covers(key, askedAtMs, this.#settings.tokenPart)) return undefined
    if (this.#settings.memory !== undefined) return entry.response
    const response = parseIntrospectionResponse(entry.response)
    // Another process may have kept it under other limits, or for longer than the token lives.
    return ageMs < cacheLifetime(response, this.#settings.limits, askedAtMs / 1000) * 1000 ? response : undefined
  }

  /** An answer that is not believed is no answer: the authorization server is asked, and its answer judged. */
  #judgeOrNot(response: IntrospectionResponse, nowMs: number): MaybePromise<Result | undefined> {
    try {
      const result = this.#settings.judge(response, toNumericDate(nowMs))
      return isPromise(result) ? result.catch(() => undefined) : result
    } catch {
      return undefined
    }
  }

  #longestMs(): number {
    const { maxAgeSeconds, inactiveMaxAgeSeconds } = this.#settings.limits
    return Math.max(maxAgeSeconds, inactiveMaxAgeSeconds) * 1000
  }

  #count(result: Result | undefined): Result | undefined {
    if (result === undefined) this.#misses += 1
    else {
      this.#hits += 1
      if (!result.active) this.#inactiveHits += 1
    }
    return result
  }

  /** Never rejects: a store that fails is told of, and done without. */
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

function withinDeadline<Value>(promise: Promise<Value>): Promise<Value> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no answer within ${STORE_DEADLINE_MS} ms`)), STORE_DEADLINE_MS)
    promise.then(resolve, reject).then(
      () => clearTimeout(timer),
      () => undefined,
    )
  })
}
