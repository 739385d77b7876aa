/** The clocks of a follower of revocations. */

/** An argument, so that tests need not wait. */
export interface RevocationClock {
  /** Milliseconds since the epoch. */
  readonly nowMs: () => number
  /** Milliseconds of a clock that is never set. It may stand still while the machine sleeps. */
  readonly elapsedMs: () => number
}

/** What a clock may be off while it measures: elapsed time counts as one percent more than it shows. */
export const DRIFT = 1.01

/** A moment by both clocks. */
export interface Moment {
  readonly wallMs: number
  readonly elapsedMs: number
}

/** Before everything. */
export const NEVER: Moment = Object.freeze({ wallMs: Number.NEGATIVE_INFINITY, elapsedMs: Number.NEGATIVE_INFINITY })

/** The moment that is now. */
export function momentOf(clock: RevocationClock): Moment {
  return { wallMs: clock.nowMs(), elapsedMs: clock.elapsedMs() }
}

/**
 * How long ago a moment was, in milliseconds: the larger of what the two clocks say. The clock of the day may be set
 * back, and the other may stand still while the machine sleeps.
 */
export function msSince(moment: Moment, now: Moment): number {
  return Math.max(now.wallMs - moment.wallMs, now.elapsedMs - moment.elapsedMs)
}
