import { describe, expect, test } from 'vitest'
import { PassedValues } from './passed-values.ts'

describe('PassedValues', () => {
  test('has exactly the added values', () => {
    const passed = new PassedValues()
    passed.add('orders:read')
    expect(['orders:read', 'orders:Read', 'orders:read ', ''].map((value) => passed.has(value))).toEqual([
      true,
      false,
      false,
      false,
    ])
  })

  test('remembers 256 values, and no value of more than 1024 characters', () => {
    const passed = new PassedValues()
    passed.add('x'.repeat(1025))
    const values = Array.from({ length: 300 }, (_, index) => `scope-${index}`)
    for (const value of values) passed.add(value)
    expect(passed.has('x'.repeat(1025))).toBe(false)
    expect(values.filter((value) => passed.has(value))).toEqual(values.slice(0, 256))
  })
})
