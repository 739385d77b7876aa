import { describe, expect, test } from 'vitest'
import { isNumericDate, NUMERIC_DATE_LIMIT, numericDateSchema, toNumericDate } from './numeric-date.ts'

const now = 1764000000

describe('a NumericDate', () => {
  test.each([0, 1, now, NUMERIC_DATE_LIMIT - 1])('accepts %j', (value) => {
    expect(isNumericDate(value)).toBe(true)
    expect(numericDateSchema.safeParse(value).success).toBe(true)
  })

  test.each([
    ['a number of milliseconds', now * 1000],
    ['the first number that is too large', NUMERIC_DATE_LIMIT],
    ['huge', 1e20],
    ['negative', -1],
    ['a fraction', now + 0.5],
    ['NaN', Number.NaN],
    ['infinite', Number.POSITIVE_INFINITY],
    ['a string of digits', String(now)],
    ['an ISO date', '2025-11-24T16:00:00Z'],
    ['a Date', new Date(now * 1000)],
    ['a bigint', BigInt(now)],
    ['a boolean', true],
    ['null', null],
    ['absent', undefined],
    ['in an array', [now]],
  ])('refuses %s', (_, value) => {
    expect(isNumericDate(value)).toBe(false)
    expect(numericDateSchema.safeParse(value).success).toBe(false)
  })
})

describe('toNumericDate', () => {
  test.each([
    [0, 0],
    [999, 0],
    [1764000000999, now],
  ])('reads %d ms as %d s', (epochMs, seconds) => {
    expect(toNumericDate(epochMs)).toBe(seconds)
  })
})
