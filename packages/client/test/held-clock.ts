/** The clock of deadlines, held until the test is over, for tests in which the network is real. */
import { setImmediate } from 'node:timers/promises'
import { onTestFinished, vi } from 'vitest'

/** A clock that goes on only when it is told to. */
export interface HeldClock {
  /** Lets everything arrive that has been sent by now, and then lets this much time pass. */
  pass(ms: number): Promise<void>
}

/** Holds the timers and the monotonic clock of this process. Connections go on as usual. */
export function holdClock(): HeldClock {
  vi.useFakeTimers({ toFake: ['performance', 'setTimeout', 'clearTimeout'] })
  onTestFinished(() => void vi.useRealTimers())
  return {
    async pass(ms) {
      for (let turn = 0; turn < 4; turn++) await setImmediate()
      vi.advanceTimersByTime(ms)
    },
  }
}
