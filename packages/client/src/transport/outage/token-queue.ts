/** Step `transport`: requests that wait for a place, each token in its turn. */

/** What waits. */
export interface Waiter {
  /** The token it is about, or something of its own where it is about none. */
  readonly key: unknown
}

/** A queue in which tokens take turns, so that the requests about one token do not stand before those about another. */
export class TokenQueue<Entry extends Waiter> {
  readonly #waiting = new Map<unknown, Entry[]>()
  #size = 0

  get size(): number {
    return this.#size
  }

  /** How many wait that are about this token. */
  sizeOf(key: unknown): number {
    return this.#waiting.get(key)?.length ?? 0
  }

  add(entry: Entry): void {
    const others = this.#waiting.get(entry.key)
    if (others === undefined) this.#waiting.set(entry.key, [entry])
    else others.push(entry)
    this.#size += 1
  }

  /** Takes an entry out; `false` when it is out already. */
  remove(entry: Entry): boolean {
    const entries = this.#waiting.get(entry.key)
    const index = entries?.indexOf(entry) ?? -1
    if (entries === undefined || index < 0) return false
    entries.splice(index, 1)
    if (entries.length === 0) this.#waiting.delete(entry.key)
    this.#size -= 1
    return true
  }

  /** Takes out the first entry of the token whose turn it is, among those that may go. */
  next(mayGo: (key: unknown) => boolean): Entry | undefined {
    for (const [key, entries] of this.#waiting) {
      if (!mayGo(key)) continue
      const first = entries.shift()
      this.#size -= 1
      // The others of this token wait for its next turn.
      this.#waiting.delete(key)
      if (entries.length > 0) this.#waiting.set(key, entries)
      return first
    }
    return undefined
  }

  /** Everything that waits. */
  *[Symbol.iterator](): IterableIterator<Entry> {
    for (const entries of this.#waiting.values()) yield* entries
  }
}
