import { describe, expect, test } from 'vitest'
import { RecentKeys } from './recent-keys.ts'

const MAX_AGE_MS = 1000

function createKeys(maxKeys = 2) {
  const clock = { ms: 5000 }
  return { clock, keys: new RecentKeys<number>(maxKeys, MAX_AGE_MS, () => clock.ms) }
}

describe('RecentKeys', () => {
  test.each([
    ['a moment ago', MAX_AGE_MS - 1, 1],
    ['too long ago', MAX_AGE_MS, undefined],
    ['in the future, because the clock was set back', -1, undefined],
    ['at a time that a broken clock does not tell', Number.NaN, undefined],
  ])('a value that was set %s', (_, ms, value) => {
    const { clock, keys } = createKeys()
    keys.set('a', 1)
    clock.ms += ms
    expect(keys.get('a')).toBe(value)
  })

  test('keeps the newest keys, and counts a key that is set again as new', () => {
    const { keys } = createKeys()
    for (const key of ['a', 'b', 'a', 'c']) keys.set(key, 1)
    expect(['a', 'b', 'c'].map((key) => keys.get(key))).toEqual([1, undefined, 1])
    expect(keys.size).toBe(2)
  })

  test('forgets a key', () => {
    const { keys } = createKeys()
    keys.set('a', 1)
    keys.delete('a')
    expect(keys.get('a')).toBeUndefined()
  })
})
