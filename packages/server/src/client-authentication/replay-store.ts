/** Seam: what was used once and must not be used again (RFC 7523 §3, RFC 9449 §11.1). */
import { OptionGroup } from '@token-introspection/core/options'
import type { MaybePromise } from '../maybe-promise.ts'

/**
 * Remembers what was used. Endpoints and processes that take the same assertions have to share one, or an assertion is
 * good once for each of them.
 *
 * Over Redis it is one command: `SET key 1 NX EXAT expiresAt`, new when the answer is `OK`.
 *
 * @example
 * ```ts
 * import type { ReplayStore } from '@token-introspection/server'
 *
 * interface Redis {
 *   set(key: string, value: string, options: { NX: true; EXAT: number }): Promise<string | null>
 * }
 *
 * export function redisReplayStore(redis: Redis): ReplayStore {
 *   return {
 *     async remember(key, expiresAt) {
 *       return (await redis.set(`replay:${key}`, '1', { NX: true, EXAT: expiresAt })) === 'OK'
 *     },
 *   }
 * }
 * ```
 */
export interface ReplayStore {
  /**
   * Remembers a key, in one step with looking whether it is there already.
   *
   * @param key - 43 characters of base64url, a digest.
   * @param expiresAt - seconds since the epoch from which it may be forgotten, a whole number.
   * @returns `true` when the key is new, `false` when it was remembered before.
   * @throws or rejects when it cannot tell, which is answered 503.
   */
  remember(key: string, expiresAt: number): MaybePromise<boolean>
}

/** Options of {@link createMemoryReplayStore}. */
export interface MemoryReplayStoreOptions {
  /** Keys that are remembered at most. Default 100000, about 15 MB. When all of them still count, nothing new is taken. */
  readonly maxKeys?: number | undefined
  /** Milliseconds since the epoch; `Date.now` unless given. */
  readonly now?: (() => number) | undefined
}

/** How often a full store is searched for what may be forgotten. */
const SWEEP_MS = 1000

/**
 * Creates a replay store in memory, for one process. It forgets nothing that still counts: a full one throws, since what
 * it forgot could be used again.
 *
 * @throws TypeError naming the option that is wrong.
 */
export function createMemoryReplayStore(options: MemoryReplayStoreOptions = {}): ReplayStore {
  const group = new OptionGroup('', options, ['maxKeys', 'now'])
  const maxKeys = group.integer('maxKeys', { default: 100_000, min: 1, max: 10_000_000 })
  const now = group.function<() => number>('now') ?? Date.now
  const expiries = new Map<string, number>()
  let sweptAtMs = Number.NEGATIVE_INFINITY

  function sweep(nowMs: number): void {
    if (Math.abs(nowMs - sweptAtMs) < SWEEP_MS) return
    sweptAtMs = nowMs
    for (const [key, expiresAt] of expiries) if (expiresAt * 1000 <= nowMs) expiries.delete(key)
  }

  return {
    remember(key, expiresAt) {
      const nowMs = now()
      const known = expiries.get(key)
      if (known !== undefined && known * 1000 > nowMs) return false
      if (expiries.size >= maxKeys && known === undefined) {
        sweep(nowMs)
        if (expiries.size >= maxKeys) throw new Error(`the replay store is full: ${maxKeys} keys still count`)
      }
      expiries.set(key, expiresAt)
      return true
    },
  }
}
