/** The clock and the timers of the runtime. */
import type { Clock } from './fake-clock.ts'

/** Timers take at most so many milliseconds. */
const LONGEST_TIMER_MS = 2_147_483_647

/** The clock and the timers of the runtime. A wait longer than 24 days ends only when its signal aborts. */
export const systemClock: Clock = {
  now: () => Date.now(),
  wait: (ms, signal) =>
    new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason as Error)
      const timer = ms > LONGEST_TIMER_MS ? undefined : setTimeout(resolve, ms)
      signal.addEventListener(
        'abort',
        () => {
          clearTimeout(timer)
          reject(signal.reason as Error)
        },
        { once: true },
      )
    }),
}
