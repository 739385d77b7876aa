import { expect, test } from 'vitest'
import { absoluteTime, duration, relativeTime } from './relative-time.ts'

test.each([
  [0, '0 seconds'],
  [1, '1 second'],
  [125, '2 minutes 5 seconds'],
  [3599, '1 hour'],
  [5400, '1 hour 30 minutes'],
  [90_000, '1 day 1 hour'],
  [86_399 * 30, '30 days'],
])('%d seconds are %s', (seconds, text) => {
  expect(duration(seconds)).toBe(text)
})

test.each([
  [1000, 'now'],
  [1060, 'in 1 minute'],
  [940, '1 minute ago'],
])('second %d is %s at second 1000', (seconds, text) => {
  expect(relativeTime(seconds, 1_000_000)).toBe(text)
})

test('a moment in UTC, or that it is none', () => {
  expect(absoluteTime(1_764_000_000)).toBe('2025-11-24 16:00:00 UTC')
  expect(absoluteTime(1e20)).toBe('no date')
  expect(absoluteTime(Number.NaN)).toBe('no date')
})
