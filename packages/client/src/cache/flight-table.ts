/**
 * Step `cache`: the current requests, by fingerprint. A `Map` that gains and loses an entry with every call replaces
 * its internal table again and again, and each table points to the next. Once one table is old, the garbage collector
 * keeps every later flight alive, which costs half as much as a call. So this table is never replaced.
 */
import { emptySlots } from './slot-arrays.ts'

/** An entry of the table. The chain of a bucket links the entries. */
export interface TableEntry {
  readonly key: string
  /** @internal the next entry of the same bucket. */
  next: this | undefined
}

/** Fingerprints are digests, so any of their characters is a good hash. */
const BUCKETS = 256

/** A small number of buckets is enough, because entries are few and short-lived. */
export class FlightTable<Entry extends TableEntry> {
  readonly #buckets: (Entry | undefined)[] = emptySlots(BUCKETS)

  get(key: string): Entry | undefined {
    let entry = this.#buckets[bucketOf(key)]
    while (entry !== undefined && entry.key !== key) entry = entry.next
    return entry
  }

  /** Adds an entry, and replaces the one with the same key. */
  set(entry: Entry): void {
    const known = this.get(entry.key)
    if (known !== undefined) this.delete(known)
    const bucket = bucketOf(entry.key)
    entry.next = this.#buckets[bucket]
    this.#buckets[bucket] = entry
  }

  /** Removes an entry, if it is in the table. */
  delete(entry: Entry): void {
    const bucket = bucketOf(entry.key)
    let before: Entry | undefined
    let at = this.#buckets[bucket]
    while (at !== undefined && at !== entry) {
      before = at
      at = at.next
    }
    if (at === undefined) return
    if (before === undefined) this.#buckets[bucket] = entry.next
    else before.next = entry.next
    // Otherwise the removed entry would keep its successors alive.
    entry.next = undefined
  }

  /** Removes all matching entries. */
  deleteMatching(matches: (key: string) => boolean): void {
    for (const first of this.#buckets) {
      for (let entry = first; entry !== undefined; ) {
        const { next } = entry
        if (matches(entry.key)) this.delete(entry)
        entry = next
      }
    }
  }
}

function bucketOf(key: string): number {
  return (key.charCodeAt(0) ^ (key.charCodeAt(1) << 2)) & (BUCKETS - 1)
}
