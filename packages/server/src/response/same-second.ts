/** What was made in this second, so that the same is not made twice in it. */
import type { MaybePromise } from '@token-introspection/core/maybe-promise'

/**
 * Remembers what was made until the second is over, then forgets all of it. What is still being made is shared; what
 * failed is not remembered.
 */
export class SameSecond<Value> {
  readonly #maxEntries: number
  readonly #made = new Map<string, Promise<Value>>()
  #second = Number.NaN

  /** @param maxEntries - beyond that all are forgotten: taking the oldest out of a map of many costs more than it saves. */
  constructor(maxEntries: number) {
    this.#maxEntries = maxEntries
  }

  /** What was made under a key in this second, or what is made now. */
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
