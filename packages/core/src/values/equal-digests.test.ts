import { describe, expect, test } from 'vitest'
import { equalDigests } from './equal-digests.ts'

const digest = 'ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0'

describe('equalDigests', () => {
  test('finds a digest equal only to itself', () => {
    expect(equalDigests(digest, digest)).toBe(true)
    for (let index = 0; index < digest.length; index++) {
      const other = `${digest.slice(0, index)}*${digest.slice(index + 1)}`
      expect(equalDigests(digest, other)).toBe(false)
      expect(equalDigests(other, digest)).toBe(false)
    }
  })

  test.each([digest.slice(1), digest.slice(0, -1), '', `${digest}A`])('is false for %j', (other) => {
    expect(equalDigests(digest, other)).toBe(false)
    expect(equalDigests(other, digest)).toBe(false)
  })
})
