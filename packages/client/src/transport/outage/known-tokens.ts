/** Step `transport`: remembers which tokens were active when they were last asked about. */
import { NO_SLOT, Sieve } from '../../cache/sieve.ts'

/** Tokens that are remembered. */
const MAX_TOKENS = 16_384

/**
 * Remembers tokens by their fingerprints. Only an active answer puts one in, so that a sender of made-up tokens can neither
 * enter nor push anybody out. The memory is bounded: a token that was not asked about for a while goes first.
 */
export class KnownTokens {
  readonly #maxTokens: number
  /** Not made before there is a token: it takes 400 kB. */
  #tokens: Sieve | undefined

  constructor(maxTokens = MAX_TOKENS) {
    this.#maxTokens = maxTokens
  }

  /** Whether the last answer about a token was an active one. */
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
