import { describe, expect, test } from 'vitest'
import { createFakeClock } from './fake-clock.ts'

const never = new AbortController().signal

describe('createFakeClock', () => {
  test('stands still until it is moved, forwards and backwards', () => {
    const clock = createFakeClock({ startMs: 1000 })
    expect([clock.now(), clock.now()]).toEqual([1000, 1000])
    clock.advance(500)
    expect(clock.now()).toBe(1500)
    clock.advance(-600)
    expect(clock.now()).toBe(900)
    expect(new Date(createFakeClock().now()).toISOString()).toBe('2026-01-01T00:00:00.000Z')
  })

  test('ends the waits that are over, and no others', async () => {
    const clock = createFakeClock()
    const over: string[] = []
    const waits = [10, 20, 0].map((ms) => clock.wait(ms, never).then(() => over.push(`${ms} ms`)))
    await waits[2]
    clock.advance(10)
    await waits[0]
    expect(over).toEqual(['0 ms', '10 ms'])
    clock.advance(10)
    await waits[1]
    expect(over).toEqual(['0 ms', '10 ms', '20 ms'])
  })

  test('rejects a wait whose signal aborts, before or during it', async () => {
    const clock = createFakeClock()
    const controller = new AbortController()
    const waiting = clock.wait(10, controller.signal)
    controller.abort(new Error('left'))
    await expect(waiting).rejects.toThrow('left')
    await expect(clock.wait(0, controller.signal)).rejects.toThrow('left')
  })

  test.each([Number.NaN, Number.POSITIVE_INFINITY])('refuses to move by %s', (ms) => {
    expect(() => createFakeClock().advance(ms)).toThrow(/^ms: /)
  })
})
