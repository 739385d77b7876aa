/** Which positions a client has applied lately, and with which sequence. It is limited in size. */

/** How many positions one generation has. Between one and two generations are known. */
const GENERATION = 8192

/** Positions that were applied since the last gap. Forgetting one costs a question, and never a wrong answer. */
export class AppliedPositions {
  #latest = new Map<string, number>()
  #earlier = new Map<string, number>()

  /** Adds a position. */
  add(position: string, sequence: number): void {
    if (this.#latest.size >= GENERATION) {
      this.#earlier = this.#latest
      this.#latest = new Map()
    }
    this.#latest.set(position, sequence)
  }

  /** The sequence of a position; `undefined` if it was not applied since the last gap, or is forgotten. */
  sequenceOf(position: string): number | undefined {
    return this.#latest.get(position) ?? this.#earlier.get(position)
  }

  /** Forgets every position. */
  clear(): void {
    this.#latest = new Map()
    this.#earlier = new Map()
  }
}
