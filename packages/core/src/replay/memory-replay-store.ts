/** A replay store in memory, bounded in all and per owner, which would rather fail than forget. */
import { OptionGroup } from '../options/option-group.ts'
import type { ReplayStore } from './replay-store.ts'

/** Options of {@link createMemoryReplayStore}. */
export interface MemoryReplayStoreOptions {
  /** Keys that are remembered at most. Default 200000, about 40 MB. When all of them still count, the store takes no new one. */
  readonly maxKeys?: number | undefined
  /**
   * Keys that one owner may hold at most. Default as many as `maxKeys`. Whatever it is, no owner may hold more keys than are
   * still free: one owner leaves half of the store to the others, two leave a third.
   */
  readonly maxKeysPerOwner?: number | undefined
  /** Milliseconds since the epoch; `Date.now` unless given. */
  readonly now?: (() => number) | undefined
  /**
   * Milliseconds by a clock that is never set; `performance.now` unless given. A key is forgotten once it has expired by both
   * clocks, so that setting the clock forward and back again brings nothing back.
   */
  readonly elapsedMs?: (() => number) | undefined
}

/** What is remembered about one key. */
interface Use {
  /** Seconds since the epoch. */
  readonly expiresAt: number
  /** The same moment by the clock that is never set, in milliseconds. */
  readonly keptUntilMs: number
  readonly owner: string
}

/** How often a store without room is searched for what may be forgotten. */
const SWEEP_MS = 1000
/** Keys below which nothing is searched. */
const FEW_KEYS = 4096

/**
 * Creates a replay store in memory, for one process. It forgets nothing that still counts: where there is no room it throws,
 * since what it forgot could be used again. No owner can take the room of the others.
 *
 * @throws TypeError naming the option that is wrong.
 */
export function createMemoryReplayStore(options: MemoryReplayStoreOptions = {}): ReplayStore {
  const group = new OptionGroup('', options, ['maxKeys', 'maxKeysPerOwner', 'now', 'elapsedMs'])
  const maxKeys = group.integer('maxKeys', { default: 200_000, min: 1, max: 10_000_000 })
  const maxKeysPerOwner = group.integer('maxKeysPerOwner', { default: maxKeys, min: 1, max: maxKeys })
  const now = group.function<() => number>('now') ?? Date.now
  const elapsedMs = group.function<() => number>('elapsedMs') ?? (() => performance.now())
  const uses = new Map<string, Use>()
  const held = new Map<string, number>()
  let sweptAtMs = Number.NEGATIVE_INFINITY
  /** Twice what was left by the last search, so that a store which is rarely full does not stay as large as it ever was. */
  let roomyUpTo = Math.min(FEW_KEYS, maxKeys)

  function isOver({ expiresAt, keptUntilMs }: Use): boolean {
    return expiresAt * 1000 <= now() && keptUntilMs <= elapsedMs()
  }

  function forget(key: string, { owner }: Use): void {
    uses.delete(key)
    const left = (held.get(owner) ?? 0) - 1
    if (left > 0) held.set(owner, left)
    else held.delete(owner)
  }

  function sweep(): void {
    const startedAtMs = elapsedMs()
    if (startedAtMs - sweptAtMs < SWEEP_MS) return
    sweptAtMs = startedAtMs
    for (const [key, use] of uses) if (isOver(use)) forget(key, use)
    roomyUpTo = Math.min(Math.max(FEW_KEYS, uses.size * 2), maxKeys)
  }

  function hasRoomFor(owner: string): boolean {
    return (held.get(owner) ?? 0) < Math.min(maxKeysPerOwner, maxKeys - uses.size)
  }

  return {
    remember(key, expiresAt, owner) {
      const known = uses.get(key)
      if (known !== undefined) {
        if (!isOver(known)) return false
        forget(key, known)
      }
      if (uses.size >= roomyUpTo || !hasRoomFor(owner)) sweep()
      if (!hasRoomFor(owner)) {
        const counts = `of ${maxKeys} keys ${uses.size} still count, ${held.get(owner) ?? 0} of them of this owner`
        throw new Error(`the replay store is full for this owner: ${counts}`)
      }
      const keptUntilMs = elapsedMs() + Math.max(0, expiresAt * 1000 - now())
      uses.set(key, { expiresAt, keptUntilMs, owner })
      held.set(owner, (held.get(owner) ?? 0) + 1)
      return true
    },
  }
}
