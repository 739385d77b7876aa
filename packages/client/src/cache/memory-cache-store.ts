/** Step `cache`: answers in memory, bounded, the least recently used one dropped first. */
import type { IntrospectionResponse } from '@token-introspection/core'
import { LRUCache } from 'lru-cache'
import type { CacheEntry, CacheStore } from './cache-store.ts'

/** Times are kept relative to this, as integers that need no object of their own for the first weeks of a process. */
const BASE_MS = Date.now()

/** An entry in memory, a tenth smaller than it came. */
class MemoryCacheEntry implements CacheEntry {
  readonly response: IntrospectionResponse
  readonly #askedMs: number
  readonly #expiresMs: number

  constructor({ response, askedAtMs, expiresAtMs }: CacheEntry) {
    this.response = response
    this.#askedMs = askedAtMs - BASE_MS
    this.#expiresMs = expiresAtMs - BASE_MS
  }

  get askedAtMs(): number {
    return BASE_MS + this.#askedMs
  }

  get expiresAtMs(): number {
    return BASE_MS + this.#expiresMs
  }
}

/** How many answers are kept. */
export interface MemoryCacheStoreOptions {
  readonly maxEntries: number
  readonly inactiveMaxEntries: number
}

/** Answers of inactive tokens have a place of their own, so that a flood of bad tokens drops no good one. */
export class MemoryCacheStore implements CacheStore {
  readonly #active: LRUCache<string, MemoryCacheEntry>
  readonly #inactive: LRUCache<string, MemoryCacheEntry>

  constructor({ maxEntries, inactiveMaxEntries }: MemoryCacheStoreOptions) {
    this.#active = new LRUCache({ max: maxEntries })
    this.#inactive = new LRUCache({ max: inactiveMaxEntries })
  }

  /** Active and inactive ones, expired ones that were not dropped yet included. */
  get size(): number {
    return this.#active.size + this.#inactive.size
  }

  get(key: string): CacheEntry | undefined {
    return this.#active.get(key) ?? this.#inactive.get(key)
  }

  set(key: string, entry: CacheEntry): void {
    const [place, other] = entry.response.active ? [this.#active, this.#inactive] : [this.#inactive, this.#active]
    other.delete(key)
    place.set(key, new MemoryCacheEntry(entry))
  }

  delete(key: string): void {
    this.#active.delete(key)
    this.#inactive.delete(key)
  }

  clear(): void {
    this.#active.clear()
    this.#inactive.clear()
  }
}
