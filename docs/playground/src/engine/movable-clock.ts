/** A clock that runs with the clock of the system, and that somebody can move forward. */

/** The clock that {@link createMovableClock} creates. */
export interface MovableClock {
  /** Milliseconds since the epoch. */
  readonly nowMs: () => number
  /** Moves the clock forward. */
  move(ms: number): void
}

/** Creates the clock. */
export function createMovableClock(systemMs: () => number = Date.now): MovableClock {
  let aheadMs = 0
  return {
    nowMs: () => systemMs() + aheadMs,
    move(ms) {
      aheadMs += ms
    },
  }
}
