import { describe, expect, test } from 'vitest'
import { cacheLifetime } from './cache-lifetime.ts'

const now = 1_764_000_000
const limits = { maxAgeSeconds: 60, inactiveMaxAgeSeconds: 5 }

describe('cacheLifetime', () => {
  test.each([
    ['the ceiling when the token outlives it', { active: true, exp: now + 300 }, 60],
    ['the ceiling when there is no exp (SEC-10)', { active: true }, 60],
    ['the rest of the token when it expires sooner', { active: true, exp: now + 7 }, 7],
    ['nothing for a token that expires now', { active: true, exp: now }, 0],
    ['nothing for a token already expired', { active: true, exp: now - 1 }, 0],
    ['the short ceiling for an inactive answer', { active: false }, 5],
  ] as const)('keeps %s', (_, response, seconds) => {
    expect(cacheLifetime(response, limits, now)).toBe(seconds)
  })

  test('counts fractions of a second', () => {
    expect(cacheLifetime({ active: true, exp: now + 7 }, limits, now + 0.25)).toBe(6.75)
  })
})
