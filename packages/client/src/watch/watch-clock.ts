/** The clocks, the timer and the chance that watching runs by. */

/** Given as an argument, so that tests need not wait. */
export interface WatchClock {
  /** Milliseconds since the epoch, for what tokens say. */
  readonly nowMs: () => number
  /** Milliseconds of a clock that nobody sets, for how long something is ago. */
  readonly elapsedMs: () => number
  /** Calls back after `ms`; what it gives stops it. */
  readonly schedule: (callback: () => void, ms: number) => () => void
  /** From 0 to 1. */
  readonly random: () => number
}

/** Timers take no more than that: 2^31 - 1, which is 24 days. */
export const LONGEST_TIMER_MS = 2_147_483_647

/** The clock of the system, by the time of a client. */
export function systemClock(nowMs: () => number): WatchClock {
  return {
    nowMs,
    elapsedMs: () => performance.now(),
    schedule(callback, ms) {
      const timer: unknown = setTimeout(callback, ms)
      // The connections keep the process alive, not the watching. A number outside Node, where timers hold nothing.
      if (typeof timer === 'object') (timer as { unref(): void }).unref()
      return () => clearTimeout(timer as number)
    },
    random: Math.random,
  }
}
