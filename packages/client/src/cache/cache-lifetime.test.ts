import { describe, expect, test } from 'vitest'
import { cacheLifetime } from './cache-lifetime.ts'

const now = 1_764_000_000
const limits = { maxAgeSeconds: 60, inactiveMaxAgeSeconds: 5 }

describe('cacheLifetime', () => {
  test.each([
    ['maxAgeSeconds when the token outlives it', { active: true, exp: now + 300 }, 60],
    ['maxAgeSeconds when there is no exp (SEC-10)', { active: true }, 60],
    ["the rest of the token's life when it expires sooner", { active: true, exp: now + 7 }, 7],
    ['0 for a token that expires now', { active: true, exp: now }, 0],
    ['0 for an expired token', { active: true, exp: now - 1 }, 0],
    ['inactiveMaxAgeSeconds for an inactive answer', { active: false }, 5],
  ] as const)('keeps %s', (_, response, seconds) => {
    expect(cacheLifetime(response, limits, now)).toBe(seconds)
  })

  test('includes fractions of a second', () => {
    expect(cacheLifetime({ active: true, exp: now + 7 }, limits, now + 0.25)).toBe(6.75)
  })
})
