/** A replay store in memory, bounded, which would rather fail than forget. */
import { OptionGroup } from '../options.ts'
import type { ReplayStore } from './replay-store.ts'

/** Options of {@link createMemoryReplayStore}. */
export interface MemoryReplayStoreOptions {
  /** Keys that are remembered at most. Default 100000, about 15 MB. When all of them still count, nothing new is taken. */
  readonly maxKeys?: number | undefined
  /** Milliseconds since the epoch; `Date.now` unless given. */
  readonly now?: (() => number) | undefined
}

/** How often a full store is searched for what may be forgotten. */
const SWEEP_MS = 1000
/** Keys below which nothing is searched. */
const FEW_KEYS = 4096

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
  /** Twice what was left by the last search, so that a store which is rarely full does not stay as large as it ever was. */
  let roomyUpTo = Math.min(FEW_KEYS, maxKeys)

  function sweep(nowMs: number): void {
    if (Math.abs(nowMs - sweptAtMs) < SWEEP_MS) return
    sweptAtMs = nowMs
    for (const [key, expiresAt] of expiries) if (expiresAt * 1000 <= nowMs) expiries.delete(key)
    roomyUpTo = Math.min(Math.max(FEW_KEYS, expiries.size * 2), maxKeys)
  }

  return {
    remember(key, expiresAt) {
      const nowMs = now()
      const known = expiries.get(key)
      if (known !== undefined && known * 1000 > nowMs) return false
      if (expiries.size >= roomyUpTo && known === undefined) {
        sweep(nowMs)
        if (expiries.size >= maxKeys) throw new Error(`the replay store is full: ${maxKeys} keys still count`)
      }
      expiries.set(key, expiresAt)
      return true
    },
  }
}
