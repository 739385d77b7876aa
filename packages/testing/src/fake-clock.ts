/** A clock for tests. It stands still until the test moves it. */
import { OptionGroup } from '@token-introspection/core/options'

/** A clock that the kit reads and waits on. */
export interface Clock {
  /** Milliseconds since the epoch. */
  readonly now: () => number
  /** Waits until so many milliseconds have passed. The promise is rejected with the reason of the signal when it aborts. */
  readonly wait: (ms: number, signal: AbortSignal) => Promise<void>
}

/** Options of {@link createFakeClock}. */
export interface FakeClockOptions {
  /** The first reading, in milliseconds since the epoch. Default 2026-01-01T00:00:00Z. */
  readonly startMs?: number | undefined
}

/** The clock that {@link createFakeClock} creates. */
export interface FakeClock extends Clock {
  /**
   * Moves the clock, and ends every wait that is over by then. A negative number sets the clock back.
   *
   * @throws TypeError when `ms` is not a finite number.
   */
  advance(ms: number): void
}

/** A call of `wait` that is not over. */
interface Wait {
  readonly untilMs: number
  readonly end: () => void
}

const START_MS = Date.parse('2026-01-01T00:00:00Z')
const MAX_MS = 8.64e15

/**
 * Creates a clock that stands still until you move it. Give `clock.now` to the option `now` of a client, a handler or a store, and
 * the clock itself to {@link createFakeAuthorizationServer}. The deadline of a client (`transport.deadlineMs`) and the pauses
 * between its retries do not use it: they are timers of the runtime.
 *
 * @throws TypeError that names the wrong option.
 * @example
 * ```ts
 * import { clientSecretBasic, IntrospectionClient } from '@token-introspection/client'
 * import { createFakeAuthorizationServer, createFakeClock } from '@token-introspection/testing'
 *
 * const clock = createFakeClock()
 * const as = createFakeAuthorizationServer({ clock })
 * const introspection = new IntrospectionClient({
 *   issuer: as.issuer,
 *   clientAuthentication: clientSecretBasic(as.clientId, as.clientSecret),
 *   transport: { fetch: as.fetch },
 *   now: clock.now,
 * })
 *
 * const token = await as.issueToken() // for one hour
 * clock.advance(3_600_000)
 * await introspection.introspect(token) // { active: false }
 * ```
 */
export function createFakeClock(options: FakeClockOptions = {}): FakeClock {
  const group = new OptionGroup('', options, ['startMs'])
  let nowMs = group.number('startMs', { default: START_MS, min: 0, max: MAX_MS })
  const waits = new Set<Wait>()
  return {
    now: () => nowMs,
    wait: (ms, signal) =>
      new Promise((resolve, reject) => {
        if (signal.aborted) return reject(signal.reason as Error)
        if (ms <= 0) return resolve()
        const wait: Wait = { untilMs: nowMs + ms, end: resolve }
        waits.add(wait)
        signal.addEventListener('abort', () => waits.delete(wait) && reject(signal.reason as Error), { once: true })
      }),
    advance(ms) {
      if (!Number.isFinite(ms)) throw new TypeError('ms: must be a finite number of milliseconds')
      nowMs += ms
      for (const wait of waits) {
        if (wait.untilMs <= nowMs && waits.delete(wait)) wait.end()
      }
    },
  }
}
