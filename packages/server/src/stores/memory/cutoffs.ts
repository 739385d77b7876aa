/** Revocations of many tokens at once: one moment per identifier, and what was issued up to it is revoked. */

/**
 * Seconds for which a cutoff is kept after it was made, for tokens that are issued or saved late; and then as long as a
 * token may live that is not in the store. Those that are there are swept before it goes.
 */
export const CUTOFF_KEPT_SECONDS = 3600

/** The moment of what ends for good. */
export const FOR_GOOD = Number.POSITIVE_INFINITY

interface Cutoff {
  readonly at: number
  readonly keptUntil: number
}

/** The cutoffs of one kind of identifier. */
export class Cutoffs {
  readonly #cutoffs = new Map<string, Cutoff>()
  readonly #keptSeconds: number

  /** @param unstoredLifetimeSeconds - the longest a token lives that is not in the store. */
  constructor(unstoredLifetimeSeconds: number) {
    this.#keptSeconds = CUTOFF_KEPT_SECONDS + unstoredLifetimeSeconds
  }

  get size(): number {
    return this.#cutoffs.size
  }

  /** Cuts off at a moment, or at a later one that is set already. */
  set(identifier: string, at: number, now: number): void {
    const earlier = this.#cutoffs.get(identifier)
    const moment = Math.max(at, earlier?.at ?? at)
    const keptUntil = (moment === FOR_GOOD ? now : Math.max(moment, now)) + this.#keptSeconds
    this.#cutoffs.set(identifier, { at: moment, keptUntil })
  }

  /** Whether a token with this identifier is cut off; one that does not say when it was issued was issued before. */
  covers(identifier: string | undefined | null, issuedAt?: number | null): boolean {
    if (this.#cutoffs.size === 0 || identifier === undefined || identifier === null) return false
    const cutoff = this.#cutoffs.get(identifier)
    return cutoff !== undefined && (issuedAt ?? Number.NEGATIVE_INFINITY) <= cutoff.at
  }

  /** Forgets cutoffs that have been kept long enough. The tokens they cover have to be gone. */
  sweep(now: number): void {
    for (const [identifier, { keptUntil }] of this.#cutoffs) {
      if (keptUntil <= now) this.#cutoffs.delete(identifier)
    }
  }
}
