import { describe, expect, test } from 'vitest'
import { sayDuration } from './say.ts'

describe('sayDuration', () => {
  test.each([
    [0, '0 s'],
    [0.0004, '1 ms'],
    [0.065, '65 ms'],
    [1, '1 s'],
    [59.6, '1 min'],
    [252, '4 min 12 s'],
    [3600, '1 h'],
    [3661, '1 h 1 min 1 s'],
    [Number.POSITIVE_INFINITY, 'no bound'],
  ])('says %d seconds as %s', (seconds, said) => {
    expect(sayDuration(seconds)).toBe(said)
  })
})
