/**
 * Step `cache`: what is under way, by fingerprint. A `Map` that gains and loses an entry with every call throws its table
 * away again and again, and each table points to the next: once one has grown old, the garbage collector carries along
 * every flight there has been since, at half the cost of a call. So this is a table that stays.
 */

/** What stands in the table: the chain of a bucket goes through it. */
export interface TableEntry {
  readonly key: string
  /** @internal the next entry of the same bucket. */
  next: this | undefined
}

/** Fingerprints are digests, so that any character of one is as good as a hash of it. */
const BUCKETS = 256

/** Few entries, for a short time each. */
export class FlightTable<Entry extends TableEntry> {
  readonly #buckets: (Entry | undefined)[] = Array.from({ length: BUCKETS }, () => undefined)

  get(key: string): Entry | undefined {
    let entry = this.#buckets[bucketOf(key)]
    while (entry !== undefined && entry.key !== key) entry = entry.next
    return entry
  }

  /** Adds an entry, instead of the one there is with its key. */
  set(entry: Entry): void {
    const known = this.get(entry.key)
    if (known !== undefined) this.delete(known)
    const bucket = bucketOf(entry.key)
    entry.next = this.#buckets[bucket]
    this.#buckets[bucket] = entry
  }

  /** Takes an entry out, if it is in. */
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
    // Or it would carry its successors along.
    entry.next = undefined
  }

  /** Takes out what matches. */
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
