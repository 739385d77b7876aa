/** Step `cache`: answers in memory, limited in number. */
import { emptySlots, moreNumbers, moreSlots } from './slot-arrays.ts'
import type { CacheEntry, CacheStore } from './cache-store.ts'
import type { LivenessRecord } from '../revocations/liveness.ts'
import type { ReadAnswer } from '../revocations/read-answer.ts'
import type { Demand } from './demand.ts'
import type { FollowedAnswers } from './followed-answers.ts'
import { NO_SLOT, Sieve } from './sieve.ts'

/** How many answers to keep. */
export interface MemoryCacheStoreOptions {
  readonly maxEntries: number
  readonly inactiveMaxEntries: number
  /** The feed that makes active answers void. Inactive answers are used briefly, whatever a feed says. */
  readonly followed?: FollowedAnswers | undefined
}

/** Inactive answers have their own limit, so that very many bad tokens push out no good one. */
export class MemoryCacheStore<Result = unknown> implements CacheStore {
  readonly active: AnswerPlace<Result>
  readonly inactive: AnswerPlace<Result>

  constructor({ maxEntries, inactiveMaxEntries, followed }: MemoryCacheStoreOptions) {
    this.active = new AnswerPlace(maxEntries, followed)
    this.inactive = new AnswerPlace(inactiveMaxEntries)
  }

  /** Active and inactive answers, also expired ones that are not dropped yet. */
  get size(): number {
    return this.active.size + this.inactive.size
  }

  /** Answers that were dropped for others, although they could still be used. */
  get evicted(): number {
    return this.active.evicted + this.inactive.evicted
  }

  get(key: string): CacheEntry | undefined {
    return this.active.get(key) ?? this.inactive.get(key)
  }

  /** The entry of a key. It stays as likely to be dropped for another one as it was. */
  peek(key: string): CacheEntry | undefined {
    return this.active.peek(key) ?? this.inactive.peek(key)
  }

  set(key: string, entry: CacheEntry, read?: ReadAnswer): void {
    const [place, other] = entry.response.active ? [this.active, this.inactive] : [this.inactive, this.active]
    other.delete(key)
    place.set(key, entry, read)
  }

  /** Stores the judged result of a key's answer, which must not change before it expires. */
  remember(key: string, result: Result): void {
    this.active.remember(key, result)
    this.inactive.remember(key, result)
  }

  delete(key: string): void {
    this.active.delete(key)
    this.inactive.delete(key)
  }

  clear(): void {
    this.active.clear()
    this.inactive.clear()
  }
}

/**
 * Answers of one kind. Their data are in arrays, by slot. An object per answer would be three words larger, and the
 * garbage collector would have to move it.
 */
export class AnswerPlace<Result> {
  readonly #slots: Sieve
  #responses: (CacheEntry['response'] | undefined)[]
  /** The judged results. */
  #results: (Result | undefined)[]
  /** When each answer was requested, and when it expires. */
  #timesMs: Float64Array
  /** 1 for each answer that was made from a JWT, without a request. */
  #areLocal: Uint8Array
  /** When the newest answer was requested. Answers that had expired by then are dropped first. */
  #latestMs = Number.NEGATIVE_INFINITY

  readonly #followed: FollowedAnswers | undefined

  constructor(maxEntries: number, followed?: FollowedAnswers) {
    this.#followed = followed
    this.#slots = new Sieve(maxEntries, (slot) => (this.#timesMs[2 * slot + 1] as number) <= this.#latestMs)
    const places = this.#slots.room + 1
    this.#responses = emptySlots(places)
    this.#results = emptySlots(places)
    this.#timesMs = new Float64Array(2 * places)
    this.#areLocal = new Uint8Array(places)
    followed?.grow(places)
  }

  get size(): number {
    return this.#slots.size
  }

  get evicted(): number {
    return this.#slots.evicted
  }

  get(key: string): CacheEntry | undefined {
    const slot = this.#slots.find(key)
    const entry = this.#entryAt(slot)
    if (entry !== undefined) this.#slots.use(slot)
    return entry
  }

  /** The entry of a key. It stays as likely to be dropped for another one as it was. */
  peek(key: string): CacheEntry | undefined {
    return this.#entryAt(this.#slots.find(key))
  }

  #entryAt(slot: number): CacheEntry | undefined {
    const response = this.#responses[slot]
    if (response === undefined) return undefined
    const askedAtMs = this.#timesMs[2 * slot] as number
    const entry: CacheEntry = { response, askedAtMs, expiresAtMs: this.#timesMs[2 * slot + 1] as number }
    return this.#areLocal[slot] === 1 ? { ...entry, isLocal: true } : entry
  }

  /**
   * The result given to {@link MemoryCacheStore.remember}, if its answer was requested after `sinceMs` and has not
   * expired. An answer that the feed of revocations made void is not returned.
   */
  recall(key: string, nowMs: number, sinceMs: number, demand?: Demand, liveness?: LivenessRecord): Result | undefined {
    const slot = this.#slots.find(key)
    if (slot === NO_SLOT) return undefined
    if (!(nowMs < (this.#timesMs[2 * slot + 1] as number) && (this.#timesMs[2 * slot] as number) > sinceMs)) {
      return undefined
    }
    if (!this.#isUsable(slot, key, nowMs, demand, liveness)) return undefined
    this.#slots.use(slot)
    return this.#results[slot]
  }

  /** Whether the feed of revocations lets this call use the answer of a key, which {@link AnswerPlace.get} returned. */
  isUsable(key: string, nowMs: number, demand: Demand | undefined, liveness: LivenessRecord | undefined): boolean {
    const slot = this.#slots.find(key)
    return slot !== NO_SLOT && this.#isUsable(slot, key, nowMs, demand, liveness)
  }

  #isUsable(
    slot: number,
    key: string,
    nowMs: number,
    demand: Demand | undefined,
    liveness: LivenessRecord | undefined,
  ): boolean {
    const askedAtMs = this.#timesMs[2 * slot] as number
    if (this.#followed === undefined) {
      if (this.#areLocal[slot] === 1) liveness?.noteLocal('cache', nowMs - askedAtMs)
      else liveness?.note('cache', nowMs - askedAtMs)
      return true
    }
    const isLocal = this.#areLocal[slot] === 1
    const usability = this.#followed.judge(slot, nowMs, askedAtMs, demand, liveness, isLocal)
    if (usability === 'void') {
      this.#followed.countVoid()
      this.delete(key)
    }
    return usability === 'usable'
  }

  /** What {@link AnswerPlace.isUsable} would return. A void answer stays. */
  wouldBeUsable(key: string, nowMs: number, demand: Demand | undefined): boolean {
    const slot = this.#slots.find(key)
    if (slot === NO_SLOT) return false
    const [askedAtMs, isLocal] = [this.#timesMs[2 * slot] as number, this.#areLocal[slot] === 1]
    return (this.#followed?.judge(slot, nowMs, askedAtMs, demand, undefined, isLocal) ?? 'usable') === 'usable'
  }

  remember(key: string, result: Result): void {
    const slot = this.#slots.find(key)
    if (slot !== NO_SLOT) this.#results[slot] = result
  }

  set(key: string, { response, askedAtMs, expiresAtMs, isLocal = false }: CacheEntry, read?: ReadAnswer): void {
    this.#latestMs = askedAtMs
    const slot = this.#slots.add(key)
    if (slot >= this.#responses.length) this.#grow(this.#slots.room + 1)
    this.#responses[slot] = response
    this.#results[slot] = undefined
    this.#timesMs[2 * slot] = askedAtMs
    this.#timesMs[2 * slot + 1] = expiresAtMs
    this.#areLocal[slot] = isLocal ? 1 : 0
    if (read !== undefined) this.#followed?.keep(slot, read)
  }

  /** When there is no memory for one of the arrays, this throws, and the next answer tries again. */
  #grow(places: number): void {
    this.#followed?.grow(places)
    this.#results = moreSlots(this.#results, places)
    this.#timesMs = moreNumbers(this.#timesMs, 2 * places)
    this.#areLocal = moreNumbers(this.#areLocal, places)
    // The last one, because its length says whether there are places.
    this.#responses = moreSlots(this.#responses, places)
  }

  delete(key: string): void {
    const slot = this.#slots.delete(key)
    this.#responses[slot] = undefined
    this.#results[slot] = undefined
  }

  clear(): void {
    this.#slots.clear()
    this.#responses.fill(undefined)
    this.#results.fill(undefined)
  }
}
