import { RateLimiterMemory } from 'rate-limiter-flexible'
import { describe, expect, test } from 'vitest'
import { createMemoryLimiter, isLimitExceeded, type Limiter } from './limiter.ts'

/** The value that `consume` throws or rejects with. `undefined` when the budget was sufficient. */
async function outcome(limiter: Limiter, key: string, points: number): Promise<unknown> {
  try {
    await limiter.consume(key, points)
    return undefined
  } catch (thrown) {
    return thrown
  }
}

describe.each<[string, () => Limiter]>([
  ['the memory limiter', () => createMemoryLimiter({ points: 10, windowSeconds: 60 })],
  ['a limiter of rate-limiter-flexible', () => new RateLimiterMemory({ points: 10, duration: 60 })],
])('%s', (_, create) => {
  test('allows what the budget holds, and then says when there is more', async () => {
    const limiter = create()
    expect(await outcome(limiter, 'a', 9)).toBeUndefined()
    expect(await outcome(limiter, 'a', 1)).toBeUndefined()
    const thrown = await outcome(limiter, 'a', 1)
    expect(isLimitExceeded(thrown)).toBe(true)
    expect((thrown as { msBeforeNext: number }).msBeforeNext).toBeGreaterThan(50_000)
    expect((thrown as { msBeforeNext: number }).msBeforeNext).toBeLessThanOrEqual(60_000)
  })

  test('counts every key separately', async () => {
    const limiter = create()
    expect(await outcome(limiter, 'a', 11)).toBeDefined()
    expect(await outcome(limiter, 'b', 10)).toBeUndefined()
  })
})

describe('createMemoryLimiter', () => {
  test('begins a new window when the old one is over', async () => {
    let now = 1000
    const limiter = createMemoryLimiter({ points: 2, windowSeconds: 10, now: () => now })
    expect(await outcome(limiter, 'a', 2)).toBeUndefined()
    now = 10_999
    expect(await outcome(limiter, 'a', 1)).toEqual({ msBeforeNext: 1 })
    now = 11_000
    expect(await outcome(limiter, 'a', 2)).toBeUndefined()
  })

  test('gives no key a new budget when other keys are made up', async () => {
    const limiter = createMemoryLimiter({ points: 1, windowSeconds: 60, maxKeys: 2 })
    for (const key of ['a', 'b', 'late']) expect(await outcome(limiter, key, 1)).toBeUndefined()
    for (let index = 0; index < 5000; index++) await outcome(limiter, `made up ${index}`, 1)
    for (const key of ['a', 'b', 'late', 'new']) expect(await outcome(limiter, key, 1)).toBeDefined()
  })

  test('begins a new window when the clock is set back to before the old one', async () => {
    let now = 3_600_000
    const limiter = createMemoryLimiter({ points: 1, windowSeconds: 10, now: () => now })
    expect(await outcome(limiter, 'a', 1)).toBeUndefined()
    now = 0
    expect(await outcome(limiter, 'a', 1)).toBeUndefined()
    expect(await outcome(limiter, 'a', 1)).toEqual({ msBeforeNext: 10_000 })
  })

  test.each<[string, object]>([
    ['points', {}],
    ['points', { points: 0, windowSeconds: 1 }],
    ['points', { points: 1.5, windowSeconds: 1 }],
    ['windowSeconds', { points: 1 }],
    ['windowSeconds', { points: 1, windowSeconds: 0 }],
    ['maxKeys', { points: 1, windowSeconds: 1, maxKeys: 0 }],
    ['now', { points: 1, windowSeconds: 1, now: 7 }],
    ['duration', { points: 1, windowSeconds: 1, duration: 1 }],
  ])('refuses a wrong %s', (path, options) => {
    const create = (): Limiter => createMemoryLimiter(options as { points: number; windowSeconds: number })
    expect(create).toThrow(TypeError)
    expect(create).toThrow(new RegExp(`^${path}: `))
  })
})

describe('isLimitExceeded', () => {
  test.each([undefined, null, new Error('down'), { msBeforeNext: '1' }, 'limit', {}])('is false for %j', (thrown) => {
    expect(isLimitExceeded(thrown)).toBe(false)
  })
})
