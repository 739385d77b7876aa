/** Entries as JSON, for stores that keep texts. */
import type { OptionGroup } from '@token-introspection/core/options'
import type { CacheEntry } from '../cache/cache-store.ts'

/** No answer is kept for longer than a day: that is the highest `cache.maxAgeSeconds`. */
const MAX_LIFETIME_SECONDS = 86_400

/** Reads the option with which a store limits its entries, in characters of JSON. */
export function readMaxEntryLength(group: OptionGroup): number {
  return group.integer('maxEntryLength', { default: 65_536, min: 1024, max: 1_048_576 })
}

/** The entry in a text; `undefined` for a text that is longer than any that the store writes. */
export function parseEntry(text: string, maxLength: number): CacheEntry | undefined {
  return text.length > maxLength ? undefined : (JSON.parse(text) as CacheEntry)
}

/** Whole seconds until an entry may be dropped, at least `minSeconds`. The client checks the exact time itself. */
export function lifetimeSeconds({ expiresAtMs }: CacheEntry, nowMs: number, minSeconds: number): number {
  const seconds = Math.ceil((expiresAtMs - nowMs) / 1000)
  return Math.min(Math.max(seconds, minSeconds), MAX_LIFETIME_SECONDS)
}
