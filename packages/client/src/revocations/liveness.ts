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

/** Collects how live the answer of one call is. */
export class LivenessRecord implements Liveness {
  source: LivenessSource = 'unasked'
  bound: RevocationBound = 'assumed'
  #ageMs = Number.POSITIVE_INFINITY
  #boundMs = Number.POSITIVE_INFINITY
  #slots: readonly number[] | undefined

  get ageSeconds(): number {
    return this.#ageMs / 1000
  }

  get boundSeconds(): number {
    return (this.#boundMs * DRIFT) / 1000
  }

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
    this.#ageMs += ms
    this.#boundMs += ms
  }

  /**
   * Notes the answer that was found.
   *
   * @param ageMs - milliseconds since its request.
   */
  note(source: LivenessSource, ageMs: number): void {
    this.source = source
    this.bound = 'assumed'
    this.#ageMs = ageMs
    this.#boundMs = ageMs
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
    this.#ageMs = ageMs
    this.#boundMs = knownMs
  }
}
