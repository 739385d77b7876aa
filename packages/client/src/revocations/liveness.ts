/** How late a revocation can be for one decision. */
import type { RevocationBound } from './revocation-follower.ts'

/** Where the answer of a decision came from. */
export type LivenessSource = 'cache' | 'joined' | 'endpoint' | 'local' | 'unasked'

/** What a clock may be off while it measures: bounds are one percent longer than what it shows. */
const DRIFT = 1.01

/**
 * How late a revocation can be for one decision. A token that was revoked longer ago than `boundSeconds` before the
 * decision was refused.
 */
export interface Liveness {
  /**
   * Where the answer came from: the cache, the request of another call, a request of this call, or the token itself.
   */
  readonly source: LivenessSource
  /** Seconds from the request for the answer to the decision. */
  readonly ageSeconds: number
  /** How many seconds before the decision a revocation can have been without being noticed; infinite if nobody asks. */
  readonly boundSeconds: number
  /** `assumed` if the bound rests on a feed that gives no proof, such as a Redis without fencing. */
  readonly bound: RevocationBound
}

/** Collects how live the answer of one call is. */
export class LivenessRecord implements Liveness {
  source: LivenessSource = 'unasked'
  bound: RevocationBound = 'proven'
  #ageMs = Number.POSITIVE_INFINITY
  #knownMs = Number.POSITIVE_INFINITY

  get ageSeconds(): number {
    return this.#ageMs / 1000
  }

  get boundSeconds(): number {
    return (Math.min(this.#ageMs, this.#knownMs) * DRIFT) / 1000
  }

  /**
   * Notes the answer that was found.
   *
   * @param ageMs - milliseconds since its request.
   * @param knownMs - milliseconds since the moment as of which the feed says that the answer holds; infinite if it says
   * nothing about this answer.
   * @param bound - how sure the feed is.
   */
  note(source: LivenessSource, ageMs: number, knownMs: number, bound: RevocationBound): void {
    this.source = source
    this.#ageMs = ageMs
    this.#knownMs = knownMs
    this.bound = knownMs < ageMs ? bound : 'proven'
  }
}
