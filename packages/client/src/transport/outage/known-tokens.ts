/** Step `transport`: remembers which tokens were active at the last answer about them. */
import { NO_SLOT, Sieve } from '../../cache/sieve.ts'

/** The largest number of remembered tokens. Their memory then takes 400 kB. */
const MAX_TOKENS = 16_384

/** How many tokens fit at first. A process may have a client for each of many issuers, and most of them see few tokens. */
const FIRST_TOKENS = 256

/** How many times as many fit when the memory grows. */
const GROWTH = 8

/**
 * Remembers tokens by their fingerprints. Only active answers enter a token, so a sender of made-up tokens can neither
 * enter one nor push one out. When the memory is full, it forgets a token that was not used for a while.
 */
export class KnownTokens {
  readonly #maxTokens: number
  /** Created with the first token. */
  #tokens: Sieve | undefined
  #room = 0

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
    const slot = this.#tokens?.find(fingerprint) ?? NO_SLOT
    if (slot === NO_SLOT) this.#withRoom().add(fingerprint)
    else this.#tokens?.use(slot)
  }

  /** The memory, with room for another token unless it has its full size. Its tokens keep their order when it grows. */
  #withRoom(): Sieve {
    const small = this.#tokens
    if (small !== undefined && (small.size < this.#room || this.#room === this.#maxTokens)) return small
    this.#room = Math.min(this.#maxTokens, small === undefined ? FIRST_TOKENS : this.#room * GROWTH)
    const tokens = new Sieve(this.#room, () => false)
    for (const token of small?.keys() ?? []) tokens.add(token)
    this.#tokens = tokens
    return tokens
  }
}
