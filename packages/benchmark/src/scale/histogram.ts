/** Counts values, and gives their quantiles with an error of at most one per cent. */

const FIRST = 0.001
const STEP = Math.log(1.01)
const SLOTS = 2400

/** A histogram of numbers that are not negative. */
export class Histogram {
  readonly #slots = new Float64Array(SLOTS)
  #count = 0
  #max = 0

  add(value: number): void {
    const slot = value <= FIRST ? 0 : Math.min(SLOTS - 1, Math.ceil(Math.log(value / FIRST) / STEP))
    this.#slots[slot] = (this.#slots[slot] ?? 0) + 1
    this.#count++
    if (value > this.#max) this.#max = value
  }

  get count(): number {
    return this.#count
  }

  get max(): number {
    return this.#max
  }

  /** The value that a share of all values does not exceed. `NaN` without values. */
  quantile(share: number): number {
    if (this.#count === 0) return Number.NaN
    let seen = 0
    for (let slot = 0; slot < SLOTS; slot++) {
      seen += this.#slots[slot] ?? 0
      if (seen >= share * this.#count) return Math.min(this.#max, FIRST * Math.exp(slot * STEP))
    }
    return this.#max
  }
}
