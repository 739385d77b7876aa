/**
 * A replay store in memory, with a limit in total and per owner. When it is full, it throws rather than forgets a live
 * key.
 */
import { OptionGroup } from '../options/option-group.ts'
import type { ReplayStore } from './replay-store.ts'

/** Options of {@link createMemoryReplayStore}. */
export interface MemoryReplayStoreOptions {
  /**
   * The most keys the store remembers. Default 200,000, about 40 MB. When all of them are live, the store throws for a
   * new key.
   */
  readonly maxKeys?: number | undefined
  /**
   * The most keys one owner may hold. Default `maxKeys`. In any case, no owner may hold more keys than are still free:
   * one owner leaves half of the store to the others, two owners leave a third.
   */
  readonly maxKeysPerOwner?: number | undefined
  /** Milliseconds since the epoch. Default `Date.now`. */
  readonly now?: (() => number) | undefined
  /**
   * Milliseconds by a clock that is never set. Default `performance.now`. A key is forgotten only when it has expired
   * by both clocks. So setting the clock forward and back again does not make a used key usable.
   */
  readonly elapsedMs?: (() => number) | undefined
}

/** The record of one key. */
interface Use {
  /** Seconds since the epoch. */
  readonly expiresAt: number
  /** The same moment in milliseconds, by the clock that is never set. */
  readonly keptUntilMs: number
  readonly owner: string
}

/** The shortest time between two searches of a full store for expired keys. */
const SWEEP_MS = 1000
/** With fewer keys than this, the store is not searched. */
const FEW_KEYS = 4096

/**
 * Creates a replay store in memory, for one process. It never forgets a key that has not expired, because that key
 * could be used again; when there is no room, `remember` throws. One owner cannot take the room of the others.
 *
 * @throws TypeError that names the wrong option.
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
  /**
   * The number of keys that starts a search: twice the keys that the last search left. So a store does not stay as
   * large as its highest peak.
   */
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
        const counts = `${uses.size} of ${maxKeys} keys are live, ${held.get(owner) ?? 0} of them of this owner`
        throw new Error(`the replay store is full for this owner: ${counts}`)
      }
      const keptUntilMs = elapsedMs() + Math.max(0, expiresAt * 1000 - now())
      uses.set(key, { expiresAt, keptUntilMs, owner })
      held.set(owner, (held.get(owner) ?? 0) + 1)
      return true
    },
  }
}
