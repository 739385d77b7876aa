/** The clocks, the timer and the random numbers of watches. */

/** An argument, so that tests need not wait. */
export interface WatchClock {
  /** Milliseconds since the epoch, for what tokens say. */
  readonly nowMs: () => number
  /** Milliseconds of a clock that is never set, for durations. */
  readonly elapsedMs: () => number
  /** Calls back after `ms`. Returns a function that stops the timer. */
  readonly schedule: (callback: () => void, ms: number) => () => void
  /** From 0 to 1. */
  readonly random: () => number
}

/** The longest time that timers accept: 2^31 - 1 milliseconds, about 24 days. */
export const LONGEST_TIMER_MS = 2_147_483_647

/** The system clock, with the time of a client. */
export function systemClock(nowMs: () => number): WatchClock {
  return {
    nowMs,
    elapsedMs: () => performance.now(),
    schedule(callback, ms) {
      const timer: unknown = setTimeout(callback, ms)
      // The connections keep the process alive, not the watches. Outside Node the timer is a number and does not keep
      // it alive.
      if (typeof timer === 'object') (timer as { unref(): void }).unref()
      return () => clearTimeout(timer as number)
    },
    random: Math.random,
  }
}
