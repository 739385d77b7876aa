import { describe, expect, test, vi } from 'vitest'
import { createMemoryReplayStore } from './memory-replay-store.ts'

const NOW = 1_764_000_000

function setUp(maxKeys: number) {
  const clock = { ms: NOW * 1000 }
  return { clock, store: createMemoryReplayStore({ maxKeys, now: () => clock.ms }) }
}

describe('createMemoryReplayStore', () => {
  test('forgets a key when it expires, and not before', () => {
    const { clock, store } = setUp(10)
    expect(store.remember('a', NOW + 10)).toBe(true)
    clock.ms += 9999
    expect(store.remember('a', NOW + 10)).toBe(false)
    clock.ms += 1
    expect(store.remember('a', NOW + 20)).toBe(true)
  })

  test('takes nothing new when it is full of keys that still count (ASRT-13)', () => {
    const { store } = setUp(2)
    void store.remember('a', NOW + 10)
    void store.remember('b', NOW + 10)
    expect(() => store.remember('c', NOW + 10)).toThrow(/full/)
    expect(store.remember('a', NOW + 10)).toBe(false)
    expect(store.remember('b', NOW + 10)).toBe(false)
  })

  test('makes room of what expired', () => {
    const { clock, store } = setUp(2)
    void store.remember('a', NOW + 10)
    void store.remember('b', NOW + 100)
    clock.ms += 10_000
    expect(store.remember('c', NOW + 100)).toBe(true)
    expect(store.remember('b', NOW + 100)).toBe(false)
    expect(() => store.remember('d', NOW + 100)).toThrow(/full/)
  })

  test('does not stay as large as it once was', () => {
    const { clock, store } = setUp(100_000)
    for (let index = 0; index < 5000; index++) void store.remember(`old-${index}`, NOW + 1)
    clock.ms += 2000
    const forgotten = vi.spyOn(Map.prototype, 'delete')
    for (let index = 0; index < 5000; index++) expect(store.remember(`new-${index}`, NOW + 100)).toBe(true)
    expect(forgotten).toHaveBeenCalledTimes(5000)
    for (let index = 0; index < 5000; index++) expect(store.remember(`new-${index}`, NOW + 100)).toBe(false)
  })

  test.each([{ maxKeys: 0 }, { maxKeys: 1.5 }, { now: 1 }, { size: 1 }])('is not made with %j', (options) => {
    expect(() => createMemoryReplayStore(options as object)).toThrow(TypeError)
  })
})
