import { describe, expect, test } from 'vitest'
import { createBoundedTable } from './bounded-table.ts'

function setUp(maxKeys: number) {
  const clock = { ms: 0 }
  return { clock, table: createBoundedTable<{ untilMs: number }>(maxKeys, ({ untilMs }) => untilMs <= clock.ms) }
}

describe('createBoundedTable', () => {
  test('forgets no live value, however many keys come after it', () => {
    const { table } = setUp(10)
    const first = { untilMs: 100 }
    table.set('first', first)
    for (let index = 0; index < 100_000; index++) table.set(`made up ${index}`, { untilMs: 100 })
    expect(table.get('first')).toBe(first)
  })

  test('lets late keys share places, and does not grow', () => {
    const { table } = setUp(1)
    table.set('first', { untilMs: 100 })
    const shared = Array.from({ length: 100_000 }, (_, index) => ({ untilMs: 100 + index }))
    for (const [index, value] of shared.entries()) table.set(`late ${index}`, value)
    const seen = new Set(shared.map((_, index) => table.get(`late ${index}`)))
    expect(seen.has(undefined)).toBe(false)
    expect(seen.size).toBeLessThanOrEqual(1024)
  })

  test('keeps no further key without shared places', () => {
    const table = createBoundedTable<object>(1, () => false, 0)
    const first = {}
    table.set('first', first)
    for (let index = 0; index < 2000; index++) table.set(`late ${index}`, {})
    expect([table.get('first'), table.get('late 0'), table.get('late 1999')]).toEqual([first, undefined, undefined])
  })

  test('frees a place when its value is over', () => {
    const { clock, table } = setUp(2)
    for (const key of ['a', 'b', 'late']) table.set(key, { untilMs: 100 })
    clock.ms = 100
    for (const key of ['a', 'b', 'late']) expect(table.get(key)).toBeUndefined()
    const [again, next] = [{ untilMs: 200 }, { untilMs: 200 }]
    table.set('again', again)
    table.set('next', next)
    expect([table.get('again'), table.get('next')]).toEqual([again, next])
    expect(table.get('again')).toBe(again)
  })

  test('is empty at first', () => {
    const { table } = setUp(1)
    expect(table.isEmpty()).toBe(true)
    table.set('a', { untilMs: 1 })
    expect(table.isEmpty()).toBe(false)
  })
})
