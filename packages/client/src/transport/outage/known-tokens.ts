/** Step `transport`: which tokens were active when they were last asked about. */

/** Tokens of one generation; two generations are kept. */
const GENERATION = 8192

/**
 * Remembers tokens by their fingerprints. Only an active answer puts one in, so that a sender of made-up tokens can neither
 * enter nor push anybody out. The memory is bounded: when a generation is full, the one before it is forgotten.
 */
export class KnownTokens {
  readonly #generation: number
  #young = new Set<string>()
  #old = new Set<string>()

  constructor(generation = GENERATION) {
    this.#generation = generation
  }

  /** Whether the last answer about a token was an active one. */
  has(fingerprint: string): boolean {
    return this.#young.has(fingerprint) || this.#old.has(fingerprint)
  }

  /** Takes notice of an answer. */
  note(fingerprint: string, active: boolean): void {
    if (!active) {
      this.#young.delete(fingerprint)
      this.#old.delete(fingerprint)
    } else if (!this.#young.has(fingerprint)) {
      if (this.#young.size >= this.#generation) {
        this.#old = this.#young
        this.#young = new Set()
      }
      this.#young.add(fingerprint)
    }
  }
}
