import { expect, test } from 'vitest'
import { sayDuration } from './say-duration.ts'

test.each([
  [0, '0 s'],
  [0.4, '0 s'],
  [59.6, '1 min 0 s'],
  [-97, '1 min 37 s'],
  [3599, '59 min 59 s'],
  [3600, '1 h 0 min'],
  [86_399, '23 h 59 min'],
  [90_061, '1 d 1 h'],
  [Number.POSITIVE_INFINITY, 'an unknown time'],
  [Number.NaN, 'an unknown time'],
])('%d seconds are %j', (seconds, said) => {
  expect(sayDuration(seconds)).toBe(said)
})
