/** How late a revocation can be for one decision. */
import { DRIFT } from './revocation-clock.ts'
import type { RevocationBound } from './revocation-follower.ts'

/** Where the answer of a decision came from. */
export type LivenessSource = 'cache' | 'joined' | 'endpoint' | 'local' | 'unasked'

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
  /**
   * How many seconds before the decision a revocation can have been without being noticed: since the feed was last known
   * to be complete, or otherwise the age. Infinite when the server was not asked, as about a JWT that the client verified
   * by itself, unless a feed covers it.
   */
  readonly boundSeconds: number
  /**
   * `proven` if the bound comes from a feed that gives proof. `assumed` if it is the age of the answer, which is right only
   * while the authorization server reads its primary, or comes from a feed without proof, such as a Redis without
   * fencing.
   */
  readonly bound: RevocationBound
}

/** Collects how live the answer of one call is. What it says are members, so that a log of it shows them. */
export class LivenessRecord implements Liveness {
  source: LivenessSource = 'unasked'
  ageSeconds = Number.POSITIVE_INFINITY
  boundSeconds = Number.POSITIVE_INFINITY
  bound: RevocationBound = 'assumed'
  #slots: readonly number[] | undefined

  /** Begins to collect which slots can make the answer void. */
  collectSlots(): this {
    this.#slots = []
    return this
  }

  /** The slots that can make the answer void; `undefined` unless they are collected. */
  get slots(): readonly number[] | undefined {
    return this.#slots
  }

  /** Notes the slots, if they are collected. */
  noteSlots(slots: () => readonly number[]): void {
    if (this.#slots !== undefined) this.#slots = slots()
  }

  /** Notes that the decision came later than the answer, by so many milliseconds. */
  wait(ms: number): void {
    this.ageSeconds += ms / 1000
    this.boundSeconds += (ms * DRIFT) / 1000
  }

  /**
   * Notes the answer that was found.
   *
   * @param ageMs - milliseconds since its request.
   */
  note(source: LivenessSource, ageMs: number): void {
    this.noteKnown(source, ageMs, ageMs, 'assumed')
  }

  /** Notes an answer that was made from a JWT, so that its age says nothing about revocations. */
  noteLocal(source: LivenessSource, ageMs: number): void {
    this.noteKnown(source, ageMs, Number.POSITIVE_INFINITY, 'assumed')
  }

  /**
   * Notes an answer that holds as of a later moment than its request.
   *
   * @param knownMs - milliseconds since the moment as of which the feed says that it holds.
   */
  noteKnown(source: LivenessSource, ageMs: number, knownMs: number, bound: RevocationBound): void {
    this.source = source
    this.bound = bound
    this.ageSeconds = ageMs / 1000
    this.boundSeconds = (knownMs * DRIFT) / 1000
  }
}
