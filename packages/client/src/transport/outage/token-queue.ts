/** Step `transport`: the queue of requests that wait for a place. The tokens take turns. */

/** A waiting request. */
export interface Waiter {
  /** Its token, or an object of its own for a request without a token. */
  readonly key: unknown
}

/** A queue in which tokens take turns, so that many requests about one token do not block the requests about others. */
export class TokenQueue<Entry extends Waiter> {
  readonly #waiting = new Map<unknown, Entry[]>()
  #size = 0

  get size(): number {
    return this.#size
  }

  /** How many waiting requests are about this token. */
  sizeOf(key: unknown): number {
    return this.#waiting.get(key)?.length ?? 0
  }

  add(entry: Entry): void {
    const others = this.#waiting.get(entry.key)
    if (others === undefined) this.#waiting.set(entry.key, [entry])
    else others.push(entry)
    this.#size += 1
  }

  /** Removes an entry; `false` when it was removed before. */
  remove(entry: Entry): boolean {
    const entries = this.#waiting.get(entry.key)
    const index = entries?.indexOf(entry) ?? -1
    if (entries === undefined || index < 0) return false
    entries.splice(index, 1)
    if (entries.length === 0) this.#waiting.delete(entry.key)
    this.#size -= 1
    return true
  }

  /** Removes and returns the first entry of the token whose turn it is, among the tokens that may go. */
  next(mayGo: (key: unknown) => boolean): Entry | undefined {
    for (const [key, entries] of this.#waiting) {
      if (!mayGo(key)) continue
      const first = entries.shift()
      this.#size -= 1
      // The other requests of this token wait for its next turn.
      this.#waiting.delete(key)
      if (entries.length > 0) this.#waiting.set(key, entries)
      return first
    }
    return undefined
  }

  /** All waiting requests. */
  *[Symbol.iterator](): IterableIterator<Entry> {
    for (const entries of this.#waiting.values()) yield* entries
  }
}
