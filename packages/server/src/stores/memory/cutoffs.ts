/** The cutoffs of a store in memory. */
import { CUTOFF_KEPT_SECONDS, FOR_GOOD } from '../cutoff.ts'

interface Cutoff {
  readonly at: number
  readonly keptUntil: number
}

/** The cutoffs of one kind of identifier. */
export class Cutoffs {
  readonly #cutoffs = new Map<string, Cutoff>()
  readonly #keptSeconds: number

  /** @param unstoredLifetimeSeconds - the longest lifetime of tokens that the store does not hold. */
  constructor(unstoredLifetimeSeconds: number) {
    this.#keptSeconds = CUTOFF_KEPT_SECONDS + unstoredLifetimeSeconds
  }

  get size(): number {
    return this.#cutoffs.size
  }

  /**
   * Sets a cutoff. A later moment that is set already stays.
   *
   * @returns whether the cutoff is new, or later than before.
   */
  set(identifier: string, at: number, now: number): boolean {
    const earlier = this.#cutoffs.get(identifier)
    const moment = Math.max(at, earlier?.at ?? at)
    const keptUntil = (moment === FOR_GOOD ? now : Math.max(moment, now)) + this.#keptSeconds
    this.#cutoffs.set(identifier, { at: moment, keptUntil })
    return earlier === undefined || moment > earlier.at
  }

  /** Whether a cutoff covers a token with this identifier. A token without `iat` counts as issued before every cutoff. */
  covers(identifier: string | undefined | null, issuedAt?: number | null): boolean {
    if (this.#cutoffs.size === 0 || identifier === undefined || identifier === null) return false
    const cutoff = this.#cutoffs.get(identifier)
    return cutoff !== undefined && (issuedAt ?? Number.NEGATIVE_INFINITY) <= cutoff.at
  }

  /** Removes cutoffs that were kept long enough. Sweep the tokens that they cover first. */
  sweep(now: number): void {
    for (const [identifier, { keptUntil }] of this.#cutoffs) {
      if (keptUntil <= now) this.#cutoffs.delete(identifier)
    }
  }
}
