/** Step `cache`: finds answers in memory. */
import type { IntrospectionResponse } from '@token-introspection/core'
import { isPromise, type MaybePromise } from '@token-introspection/core/maybe-promise'
import type { LivenessRecord } from '../revocations/liveness.ts'
import type { AnswerSource, RecallOptions, SourceSettings } from './answer-source.ts'
import type { CacheEntry } from './cache-store.ts'
import { type Demand, toDemand } from './demand.ts'
import { isFresh } from './is-fresh.ts'
import { judgeKept } from './judge-kept.ts'
import type { MemoryCacheStore } from './memory-cache-store.ts'

/** The total by which the clock may be set back before the answers in memory count as too old. */
const SMALL_STEP_MS = 1000

/** Answers in memory. Their entries are objects of this process, so they cannot be forged. */
export class MemoryAnswers<Result extends { readonly active: boolean }> implements AnswerSource<Result> {
  readonly #memory: MemoryCacheStore<Result>
  readonly #settings: SourceSettings<Result>
  /** The latest time that this cache has seen. */
  #latestMs = Number.NEGATIVE_INFINITY

  constructor(memory: MemoryCacheStore<Result>, settings: SourceSettings<Result>) {
    this.#memory = memory
    this.#settings = settings
  }

  /**
   * Returns without a promise when the answer was judged before. The result does not change while the clock goes
   * forward.
   */
  recall(
    key: string,
    { maxAgeSeconds, notOlderThan }: RecallOptions,
    liveness: LivenessRecord | undefined,
  ): MaybePromise<Result | undefined> {
    const memory = this.#memory
    const { counts, forgotten } = this.#settings
    const nowMs = this.#settings.nowMs()
    const demand = toDemand(maxAgeSeconds, notOlderThan)
    const goesForward = nowMs >= this.#latestMs
    if (goesForward) {
      this.#latestMs = nowMs
      const { latestMs: forgottenMs } = forgotten
      const sinceMs = maxAgeSeconds === undefined ? forgottenMs : Math.max(forgottenMs, nowMs - maxAgeSeconds * 1000)
      const active = memory.active.recall(key, nowMs, sinceMs, demand, liveness)
      if (active !== undefined) {
        counts.hits += 1
        return active
      }
      const inactive = demand?.notOlderThan === undefined ? memory.inactive.recall(key, nowMs, sinceMs) : undefined
      if (inactive !== undefined) return counts.count(inactive)
    } else if (this.#isSetBack(nowMs)) return counts.miss()
    return this.#judge(key, maxAgeSeconds, demand, nowMs, goesForward, liveness)
  }

  peek(key: string): CacheEntry | undefined {
    return this.#memory.peek(key)
  }

  wouldRecall(
    entry: CacheEntry,
    key: string,
    { maxAgeSeconds, notOlderThan }: RecallOptions,
    nowMs: number,
  ): IntrospectionResponse | undefined {
    const { response } = entry
    if (!isFresh(entry, key, maxAgeSeconds, nowMs, this.#settings)) return undefined
    if (nowMs < this.#latestMs - SMALL_STEP_MS) return undefined
    if (!response.active) return notOlderThan === undefined ? response : undefined
    const { active } = this.#memory
    return active.wouldBeUsable(key, nowMs, toDemand(maxAgeSeconds, notOlderThan)) ? response : undefined
  }

  /** An answer that was not judged yet, or whose judgement may have changed with the clock. */
  #judge(
    key: string,
    maxAgeSeconds: number | undefined,
    demand: Demand | undefined,
    nowMs: number,
    goesForward: boolean,
    liveness: LivenessRecord | undefined,
  ): MaybePromise<Result | undefined> {
    const memory = this.#memory
    const { counts } = this.#settings
    const response = this.#fresh(key, maxAgeSeconds, nowMs)
    if (response === undefined) return counts.miss()
    if (!response.active && demand?.notOlderThan !== undefined) return counts.miss()
    const isUsable = (): boolean => {
      const now = this.#settings.nowMs()
      if (this.#fresh(key, maxAgeSeconds, now) !== response) return false
      return !response.active || memory.active.isUsable(key, now, demand, liveness)
    }
    if (!isUsable()) return counts.miss()
    const result = judgeKept(response, nowMs, this.#settings)
    // What the feed says may have changed while the judge worked.
    if (isPromise(result)) return result.then((judged) => counts.count(isUsable() ? judged : undefined))
    // A token that is not valid yet may become valid.
    if (goesForward && result?.active === response.active) memory.remember(key, result)
    return counts.count(result)
  }

  #fresh(key: string, maxAgeSeconds: number | undefined, nowMs: number): IntrospectionResponse | undefined {
    const entry = this.#memory.get(key)
    return entry !== undefined && isFresh(entry, key, maxAgeSeconds, nowMs, this.#settings) ? entry.response : undefined
  }

  /**
   * Whether the clock was set back so far that the age of the answers in memory is unknown: when the clock reaches the
   * old time again, they would seem as young as before. A shared store drops its entries by itself.
   */
  #isSetBack(nowMs: number): boolean {
    if (!(nowMs < this.#latestMs - SMALL_STEP_MS)) return false
    this.#memory.clear()
    this.#settings.forgotten.startAgain()
    this.#latestMs = nowMs
    return true
  }
}
