import { expect, test } from 'vitest'
import { elapsedMs } from './elapsed.ts'

test.each([
  ['a moment ago', 1000, 1500, 500],
  ['now', 1000, 1000, 0],
  ['never', Number.NEGATIVE_INFINITY, 1000, Number.POSITIVE_INFINITY],
  ['a moment in the future, because the clock was set back', 1001, 1000, Number.POSITIVE_INFINITY],
  ['a moment, by a clock that returns NaN', 1000, Number.NaN, Number.POSITIVE_INFINITY],
])('elapsedMs since %s', (_, sinceMs, nowMs, elapsed) => {
  expect(elapsedMs(sinceMs, nowMs)).toBe(elapsed)
})
