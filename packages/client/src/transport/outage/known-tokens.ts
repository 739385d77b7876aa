/** Step `transport`: remembers which tokens were active at the last answer about them. */
import { NO_SLOT, Sieve } from '../../cache/sieve.ts'

/** The largest number of remembered tokens. Their memory then takes 400 kB. */
const MAX_TOKENS = 16_384

/**
 * Remembers tokens by their fingerprints. Only active answers enter a token, so a sender of made-up tokens can neither
 * enter one nor push one out. When the memory is full, it forgets a token that was not used for a while.
 */
export class KnownTokens {
  readonly #maxTokens: number
  /** Created with the first token, and grows with their number. */
  #tokens: Sieve | undefined

  constructor(maxTokens = MAX_TOKENS) {
    this.#maxTokens = maxTokens
  }

  /** Whether the last answer about a token was active. */
  has(fingerprint: string): boolean {
    return this.#tokens !== undefined && this.#tokens.find(fingerprint) !== NO_SLOT
  }

  /** Records an answer. */
  note(fingerprint: string, active: boolean): void {
    if (!active) {
      this.#tokens?.delete(fingerprint)
      return
    }
    this.#tokens ??= new Sieve(this.#maxTokens, () => false)
    const slot = this.#tokens.find(fingerprint)
    if (slot === NO_SLOT) this.#tokens.add(fingerprint)
    else this.#tokens.use(slot)
  }
}
