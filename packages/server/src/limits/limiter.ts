/** Seam: how often a key may be used. Limiters of `rate-limiter-flexible` fit without an adapter. */
import { OptionGroup } from '@token-introspection/core/options'
import { createBoundedTable } from './bounded-table.ts'

/**
 * Counts points per key. Every limiter of `rate-limiter-flexible` implements this with its `consume`.
 */
export interface Limiter {
  /**
   * Takes points from the budget of a key.
   *
   * @throws or rejects with `{ msBeforeNext }`, the milliseconds until there is budget again, when the budget is too small.
   *   Any other error means that the limiter failed, and is answered 503.
   */
  consume(key: string, points: number): unknown
}

/** The value that a limiter throws when the budget of a key is used up. */
export interface LimitExceeded {
  /** Milliseconds until there is budget again. */
  readonly msBeforeNext: number
}

/** Whether a thrown value means that the budget is used up. Otherwise the limiter failed. */
export function isLimitExceeded(thrown: unknown): thrown is LimitExceeded {
  return typeof (thrown as LimitExceeded | null | undefined)?.msBeforeNext === 'number'
}

/** Options of {@link createMemoryLimiter}. */
export interface MemoryLimiterOptions {
  /** The points of a key per window. At least 1. */
  readonly points: number
  /** The length of a window in seconds, from the first use of a key. At least 1. */
  readonly windowSeconds: number
  /**
   * The number of keys that are counted separately. The limiter forgets no key while its window lasts. Further keys share 1024
   * more budgets, so that nobody gets a new budget with an invented key. Default 10000.
   *
   * As `limits.limiter` it needs two keys per protected resource in each window: one for hits and one for misses. Raise the
   * number for more than 5000 protected resources. Otherwise some of them share a budget.
   */
  readonly maxKeys?: number | undefined
  /** The clock, in milliseconds since the epoch. Default `Date.now`. */
  readonly now?: (() => number) | undefined
}

interface Window {
  readonly endsAtMs: number
  used: number
}

/**
 * Creates a limiter in memory with fixed windows, for one process. Several processes that share a budget need a limiter of
 * `rate-limiter-flexible` with Redis or a database.
 *
 * @throws TypeError naming the option that is wrong.
 *
 * @example
 * ```ts
 * import { createMemoryLimiter } from '@token-introspection/server'
 *
 * export const limits = { limiter: createMemoryLimiter({ points: 6000, windowSeconds: 60 }) }
 * ```
 */
export function createMemoryLimiter(options: MemoryLimiterOptions): Limiter {
  const group = new OptionGroup('', options, ['points', 'windowSeconds', 'maxKeys', 'now'])
  for (const name of ['points', 'windowSeconds']) if (!group.has(name)) throw group.error(name, 'is required')
  const points = group.integer('points', { default: 1, min: 1, max: Number.MAX_SAFE_INTEGER })
  const windowMs = group.number('windowSeconds', { default: 1, min: 1, max: 31_536_000 }) * 1000
  const now = group.function<() => number>('now') ?? Date.now
  const maxKeys = group.integer('maxKeys', { default: 10_000, min: 1, max: 10_000_000 })
  // A window is also over when the clock was set back to before its start.
  const windows = createBoundedTable<Window>(maxKeys, ({ endsAtMs }) => {
    const leftMs = endsAtMs - now()
    return leftMs <= 0 || leftMs > windowMs
  })

  return {
    consume(key, consumed) {
      const nowMs = now()
      let window = windows.get(key)
      if (window === undefined) {
        window = { endsAtMs: nowMs + windowMs, used: 0 }
        windows.set(key, window)
      }
      window.used += consumed
      // Thrown without an Error, because it is not a failure, and a stack trace per refusal would help an attacker.
      // oxlint-disable-next-line typescript/only-throw-error
      if (window.used > points) throw { msBeforeNext: window.endsAtMs - nowMs } satisfies LimitExceeded
    },
  }
}
