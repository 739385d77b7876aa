/** Seam: who may ask how often. Limiters of `rate-limiter-flexible` are ones as they are. */
import { OptionGroup } from '@token-introspection/core/options'
import { createBoundedTable } from './bounded-table.ts'

/**
 * Counts points per key. `consume` of any limiter of `rate-limiter-flexible` does what is asked for here.
 */
export interface Limiter {
  /**
   * Takes points from the budget of a key.
   *
   * @throws or rejects with `{ msBeforeNext }`, the milliseconds until there is budget again, when there is not enough;
   *   with anything else when the limiter itself failed, which is answered 503.
   */
  consume(key: string, points: number): unknown
}

/** What a limiter throws when the budget of a key is used up. */
export interface LimitExceeded {
  /** Milliseconds until there is budget again. */
  readonly msBeforeNext: number
}

/** Whether what a limiter threw means that the budget is used up, and not that the limiter failed. */
export function isLimitExceeded(thrown: unknown): thrown is LimitExceeded {
  return typeof (thrown as LimitExceeded | null | undefined)?.msBeforeNext === 'number'
}

/** Options of {@link createMemoryLimiter}. */
export interface MemoryLimiterOptions {
  /** Points a key has per window, at least 1. */
  readonly points: number
  /** How long a window lasts, in seconds, from a key's first use; at least 1. */
  readonly windowSeconds: number
  /**
   * Keys that are counted on their own at most. Nothing is forgotten while its window lasts: beyond that, keys share 1024 more
   * budgets, so that nobody gets a new budget by making up keys. Default 10000.
   *
   * As `limits.limiter` it needs two keys for each protected resource that asks within a window, one for hits and one for
   * misses: with more than 5000 of them, raise it, or they take from each other's budgets.
   */
  readonly maxKeys?: number | undefined
  /** Milliseconds since the epoch; `Date.now` unless given. */
  readonly now?: (() => number) | undefined
}

interface Window {
  readonly endsAtMs: number
  used: number
}

/**
 * Creates a limiter in memory: fixed windows, for one process. Several processes that are to share a budget take a
 * limiter of `rate-limiter-flexible` over Redis or a database instead.
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
  // Over too when the clock was set back to before it began.
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
      // Thrown as it is, not as an Error: it is an answer, and a stack for each would help an attacker.
      // oxlint-disable-next-line typescript/only-throw-error
      if (window.used > points) throw { msBeforeNext: window.endsAtMs - nowMs } satisfies LimitExceeded
    },
  }
}
