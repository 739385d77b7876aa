/** Remembers values of the current second, so that the same value is not made twice. */
import type { MaybePromise } from '@token-introspection/core/maybe-promise'

/**
 * Remembers values until the second is over, then forgets all of them. Callers share a value that is still being made. Failures
 * are not remembered.
 */
export class SameSecond<Value> {
  readonly #maxEntries: number
  readonly #made = new Map<string, Promise<Value>>()
  #second = Number.NaN

  /** @param maxEntries - above this number all values are forgotten. Removing only the oldest costs more than it saves. */
  constructor(maxEntries: number) {
    this.#maxEntries = maxEntries
  }

  /** Returns the value for a key in this second, or makes it now. */
  get(second: number, key: string, make: () => Promise<Value>): MaybePromise<Value> {
    if (second !== this.#second) {
      this.#made.clear()
      this.#second = second
    }
    return this.#made.get(key) ?? this.#make(key, make)
  }

  #make(key: string, make: () => Promise<Value>): Promise<Value> {
    const making = make()
    if (this.#made.size >= this.#maxEntries) this.#made.clear()
    this.#made.set(key, making)
    making.catch(() => {
      if (this.#made.get(key) === making) this.#made.delete(key)
    })
    return making
  }
}
