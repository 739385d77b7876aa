/** Step `cache`: answers in memory, limited in number. */
import type { CacheEntry, CacheStore } from './cache-store.ts'
import { NO_SLOT, Sieve } from './sieve.ts'

/** How many answers to keep. */
export interface MemoryCacheStoreOptions {
  readonly maxEntries: number
  readonly inactiveMaxEntries: number
}

/** Inactive answers have their own limit, so that very many bad tokens push out no good one. */
export class MemoryCacheStore<Result = unknown> implements CacheStore {
  readonly active: AnswerPlace<Result>
  readonly inactive: AnswerPlace<Result>

  constructor({ maxEntries, inactiveMaxEntries }: MemoryCacheStoreOptions) {
    this.active = new AnswerPlace(maxEntries)
    this.inactive = new AnswerPlace(inactiveMaxEntries)
  }

  /** Active and inactive answers, also expired ones that are not dropped yet. */
  get size(): number {
    return this.active.size + this.inactive.size
  }

  get(key: string): CacheEntry | undefined {
    return this.active.get(key) ?? this.inactive.get(key)
  }

  set(key: string, entry: CacheEntry): void {
    const [place, other] = entry.response.active ? [this.active, this.inactive] : [this.inactive, this.active]
    other.delete(key)
    place.set(key, entry)
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
  readonly #responses: (CacheEntry['response'] | undefined)[]
  /** The judged results. */
  readonly #results: (Result | undefined)[]
  /** When each answer was requested, and when it expires. */
  readonly #timesMs: Float64Array
  /** When the newest answer was requested. Answers that had expired by then are dropped first. */
  #latestMs = Number.NEGATIVE_INFINITY

  constructor(maxEntries: number) {
    this.#slots = new Sieve(maxEntries, (slot) => (this.#timesMs[2 * slot + 1] as number) <= this.#latestMs)
    this.#responses = Array.from({ length: maxEntries + 1 }, () => undefined)
    this.#results = Array.from({ length: maxEntries + 1 }, () => undefined)
    this.#timesMs = new Float64Array(2 * (maxEntries + 1))
  }

  get size(): number {
    return this.#slots.size
  }

  get(key: string): CacheEntry | undefined {
    const slot = this.#slots.find(key)
    const response = this.#responses[slot]
    if (response === undefined) return undefined
    this.#slots.use(slot)
    const askedAtMs = this.#timesMs[2 * slot] as number
    return { response, askedAtMs, expiresAtMs: this.#timesMs[2 * slot + 1] as number }
  }

  /**
   * The result given to {@link MemoryCacheStore.remember}, if its answer was requested after `sinceMs` and has not
   * expired.
   */
  recall(key: string, nowMs: number, sinceMs: number): Result | undefined {
    const slot = this.#slots.find(key)
    if (slot === NO_SLOT) return undefined
    if (!(nowMs < (this.#timesMs[2 * slot + 1] as number) && (this.#timesMs[2 * slot] as number) > sinceMs)) {
      return undefined
    }
    this.#slots.use(slot)
    return this.#results[slot]
  }

  remember(key: string, result: Result): void {
    const slot = this.#slots.find(key)
    if (slot !== NO_SLOT) this.#results[slot] = result
  }

  set(key: string, { response, askedAtMs, expiresAtMs }: CacheEntry): void {
    this.#latestMs = askedAtMs
    const slot = this.#slots.add(key)
    this.#responses[slot] = response
    this.#results[slot] = undefined
    this.#timesMs[2 * slot] = askedAtMs
    this.#timesMs[2 * slot + 1] = expiresAtMs
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
