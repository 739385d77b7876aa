import { describe, expect, test, vi } from 'vitest'
import { createMemoryReplayStore } from './memory-replay-store.ts'

const NOW = 1_764_000_000

function setUp(maxKeys: number, maxKeysPerOwner?: number) {
  const clock = { ms: NOW * 1000, elapsedMs: 0 }
  const store = createMemoryReplayStore({
    maxKeys,
    maxKeysPerOwner,
    now: () => clock.ms,
    elapsedMs: () => clock.elapsedMs,
  })
  /** Moves both clocks forward. */
  const pass = (ms: number): void => {
    clock.ms += ms
    clock.elapsedMs += ms
  }
  return { clock, pass, store }
}

describe('createMemoryReplayStore', () => {
  test('forgets a key when it expires, not earlier', () => {
    const { pass, store } = setUp(10)
    expect(store.remember('a', NOW + 10, 'o')).toBe(true)
    pass(9999)
    expect(store.remember('a', NOW + 10, 'o')).toBe(false)
    pass(1)
    expect(store.remember('a', NOW + 20, 'o')).toBe(true)
  })

  test.each([
    ['forward', 3_600_000],
    ['back', -3_600_000],
  ])('forgets no live key when the clock is set %s and then set right again (ASRT-13)', (_, ms) => {
    const { clock, pass, store } = setUp(4)
    void store.remember('a', NOW + 10, 'o')
    clock.ms += ms
    pass(2000)
    void store.remember('b', NOW + 3610, 'p')
    expect(() => store.remember('c', NOW + 3610, 'o')).not.toThrow()
    clock.ms -= ms
    expect(store.remember('a', NOW + 10, 'o')).toBe(false)
    // The clock was set back for good: the key is remembered as long as other processes may accept it.
    clock.ms -= 3_600_000
    pass(60_000)
    expect(store.remember('a', NOW + 10, 'o')).toBe(false)
  })

  test('refuses a new key when it is full of live keys (ASRT-13)', () => {
    const { store } = setUp(2)
    void store.remember('a', NOW + 10, 'o')
    void store.remember('b', NOW + 10, 'p')
    expect(() => store.remember('c', NOW + 10, 'q')).toThrow(/full/)
    expect(store.remember('a', NOW + 10, 'o')).toBe(false)
    expect(store.remember('b', NOW + 10, 'p')).toBe(false)
  })

  test('reuses the room of expired keys', () => {
    const { pass, store } = setUp(2)
    void store.remember('a', NOW + 10, 'o')
    void store.remember('b', NOW + 100, 'p')
    pass(10_000)
    expect(store.remember('c', NOW + 100, 'o')).toBe(true)
    expect(store.remember('b', NOW + 100, 'p')).toBe(false)
    expect(() => store.remember('d', NOW + 100, 'q')).toThrow(/full/)
  })

  test('does not stay at its largest size', () => {
    const { pass, store } = setUp(100_000)
    for (let index = 0; index < 5000; index++) void store.remember(`old-${index}`, NOW + 1, 'o')
    pass(2000)
    for (let index = 0; index < 5000; index++) expect(store.remember(`new-${index}`, NOW + 100, 'o')).toBe(true)
    const forgotten = vi.spyOn(Map.prototype, 'delete')
    pass(200_000)
    for (let index = 0; index < 5000; index++) void store.remember(`next-${index}`, NOW + 300, 'o')
    expect(forgotten.mock.calls.filter(([key]) => String(key).startsWith('new-'))).toHaveLength(5000)
    expect(forgotten.mock.calls.filter(([key]) => String(key).startsWith('old-'))).toHaveLength(0)
  })

  test('leaves room for every other owner when one owner sends very many keys', () => {
    const { store } = setUp(90)
    const fill = (owner: string): number => {
      for (let taken = 0; ; taken++) {
        try {
          void store.remember(`${owner}-${taken}`, NOW + 10, owner)
        } catch (error) {
          expect(String(error)).toContain('full for this owner')
          return taken
        }
      }
    }
    expect(fill('greedy')).toBe(45)
    expect(fill('greedy too')).toBe(23)
    expect(store.remember('good', NOW + 10, 'good')).toBe(true)
    expect(store.remember('greedy-0', NOW + 10, 'greedy')).toBe(false)
  })

  test("gives an owner the room of that owner's expired keys", () => {
    const { pass, store } = setUp(100, 2)
    void store.remember('a', NOW + 10, 'o')
    void store.remember('b', NOW + 100, 'o')
    expect(() => store.remember('c', NOW + 100, 'o')).toThrow(/2 of them of this owner/)
    pass(10_000)
    expect(store.remember('c', NOW + 100, 'o')).toBe(true)
    expect(() => store.remember('d', NOW + 100, 'o')).toThrow(/full/)
  })

  test.each([
    { maxKeys: 0 },
    { maxKeys: 1.5 },
    { maxKeysPerOwner: 0 },
    { maxKeys: 2, maxKeysPerOwner: 3 },
    { now: 1 },
    { elapsedMs: 1 },
    { size: 1 },
  ])('throws a TypeError for %j', (options) => {
    expect(() => createMemoryReplayStore(options as object)).toThrow(TypeError)
  })
})
