import { describe, expect, test } from 'vitest'
import { KnownTokens } from './known-tokens.ts'

describe('KnownTokens', () => {
  test('knows a token while the last answer about it was active', () => {
    const known = new KnownTokens()
    expect(known.has('a')).toBe(false)
    known.note('a', true)
    expect(known.has('a')).toBe(true)
    known.note('a', false)
    expect(known.has('a')).toBe(false)
  })

  test('is not changed by any number of inactive tokens', () => {
    const known = new KnownTokens(10)
    known.note('good', true)
    for (let count = 0; count < 1000; count++) known.note(`junk-${count}`, false)
    expect(known.has('good')).toBe(true)
  })

  test('forgets nothing while it grows, and then the oldest first', () => {
    const known = new KnownTokens(3000)
    for (let count = 0; count < 3000; count++) known.note(`user-${count}`, true)
    expect(Array.from({ length: 3000 }, (_none, index) => known.has(`user-${index}`))).not.toContain(false)
    known.note('one more', true)
    expect([known.has('one more'), known.has('user-0'), known.has('user-1')]).toEqual([true, false, true])
  })

  test('keeps so many, and those that are asked about again and again', () => {
    const known = new KnownTokens(20)
    known.note('once', true)
    for (let count = 0; count < 25; count++) {
      known.note(`user-${count}`, true)
      known.note('often', true)
    }
    expect(known.has('often')).toBe(true)
    expect(known.has('user-24')).toBe(true)
    expect(known.has('once')).toBe(false)
    const kept = Array.from({ length: 25 }, (_none, index) => known.has(`user-${index}`)).filter(Boolean)
    expect(kept.length).toBeLessThanOrEqual(20)
  })
})
