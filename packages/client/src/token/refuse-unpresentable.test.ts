import { describe, expect, test } from 'vitest'
import { UNPRESENTABLE, WITH_SCHEME } from '../result/inactive.ts'
import { refuseUnpresentable } from './refuse-unpresentable.ts'

describe('refuseUnpresentable', () => {
  test.each(['Bearer abc', 'bearer abc', 'BEARER  abc', 'DPoP abc', 'Bearer '])('names the scheme in %j', (token) => {
    expect(refuseUnpresentable(token)).toBe(WITH_SCHEME)
  })

  test.each(['', 'Bearer\tabc', 'Bearer abc\n', 'ä'])('refuses %j', (token) => {
    expect(refuseUnpresentable(token)).toBe(UNPRESENTABLE)
  })

  test.each(['abc', 'Bearer', 'bearerabc', 'Bearer-abc', 'a Bearer b', 'Basic abc', ' Bearer abc'])(
    'lets %j be asked',
    (token) => {
      expect(refuseUnpresentable(token)).toBeUndefined()
    },
  )
})
