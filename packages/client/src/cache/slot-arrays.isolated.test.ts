import { describe, expect, test, vi } from 'vitest'
import { createTieredCacheStore } from '../cache-stores/tiered-cache-store.ts'
import type { CacheEntry } from './cache-store.ts'
import { MemoryCacheStore } from './memory-cache-store.ts'
import { NO_SLOT, Sieve } from './sieve.ts'
import type * as SlotArrays from './slot-arrays.ts'

/** How many more arrays there is memory for. */
const memory = vi.hoisted(() => ({
  left: Number.POSITIVE_INFINITY,
  take(): void {
    this.left -= 1
    if (this.left < 0) throw new RangeError('Array buffer allocation failed')
  },
}))

vi.mock(import('./slot-arrays.ts'), async (importOriginal) => {
  const actual = await importOriginal()
  const moreSlots: typeof SlotArrays.moreSlots = (slots, count) => {
    memory.take()
    return actual.moreSlots(slots, count)
  }
  const moreNumbers: typeof SlotArrays.moreNumbers = (numbers, count) => {
    memory.take()
    return actual.moreNumbers(numbers, count)
  }
  return { ...actual, moreSlots, moreNumbers }
})

/** Calls a function while there is memory for so many arrays. Returns whether that was too few. */
function isTooFew(arrays: number, call: () => unknown): boolean {
  memory.left = arrays
  try {
    call()
    return false
  } catch (error) {
    expect(error).toBeInstanceOf(RangeError)
    return true
  } finally {
    memory.left = Number.POSITIVE_INFINITY
  }
}

/** The first growth is to 2,048 places. */
const KEYS = Array.from({ length: 300 }, (_, index) => `key-${index}`)
const BEFORE = KEYS.slice(0, 256)
const AFTER = KEYS.slice(257)

const entryOf = (key: string): CacheEntry => ({
  response: { active: true, sub: key },
  askedAtMs: 1000,
  expiresAtMs: 4_102_444_800_000,
})

describe('no memory for one of the arrays of a growth', () => {
  test('leaves a table as it was, and the next key tries again', () => {
    let arrays = 0
    for (; ; arrays += 1) {
      const sieve = new Sieve(2000, () => false)
      const slots = BEFORE.map((key) => sieve.add(key))
      if (!isTooFew(arrays, () => sieve.add('another'))) break
      expect(sieve).toMatchObject({ room: 256, size: 256 })
      expect(sieve.find('another')).toBe(NO_SLOT)
      expect(BEFORE.map((key) => sieve.find(key))).toEqual(slots)
      for (const key of AFTER) sieve.add(key)
      expect(sieve).toMatchObject({ room: 2000, size: BEFORE.length + AFTER.length })
    }
    expect(arrays).toBe(5)
  })

  test.each<[string, number, () => { set: (key: string) => unknown; get: (key: string) => unknown }]>([
    [
      'the memory of a client',
      9,
      () => {
        const store = new MemoryCacheStore({ maxEntries: 2000, inactiveMaxEntries: 1 })
        return { set: (key) => store.set(key, entryOf(key)), get: (key) => store.get(key) }
      },
    ],
    [
      'the memory before a shared store',
      7,
      () => {
        const shared = new Map<string, CacheEntry>()
        const store = {
          get: (key: string) => shared.get(key),
          set: () => undefined,
          delete: () => undefined,
          clear: () => undefined,
        }
        const tiered = createTieredCacheStore({ store, maxEntries: 2000, now: () => 1000 })
        return {
          set: (key) => {
            shared.set(key, entryOf(key))
            try {
              return tiered.get(key)
            } finally {
              shared.delete(key)
            }
          },
          get: (key) => tiered.get(key),
        }
      },
    ],
  ])('loses no answer in %s but the one that came', (_what, wanted, create) => {
    let arrays = 0
    for (; ; arrays += 1) {
      const { set, get } = create()
      for (const key of BEFORE) set(key)
      if (!isTooFew(arrays, () => set('another'))) break
      expect(get('another')).toBe(undefined)
      for (const key of AFTER) set(key)
      for (const key of [...BEFORE, ...AFTER]) expect(get(key)).toEqual(entryOf(key))
      set('another')
      expect(get('another')).toEqual(entryOf('another'))
    }
    expect(arrays).toBe(wanted)
  })
})
