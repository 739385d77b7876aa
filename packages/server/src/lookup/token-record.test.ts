import { describe, expect, test } from 'vitest'
import { isLive, isOver } from './token-record.ts'

const now = 1_764_000_000

describe('isLive', () => {
  test.each<[string, object, boolean]>([
    ['without dates', {}, true],
    ['that expires in a second', { exp: now + 1 }, true],
    ['that expires now', { exp: now }, false],
    ['that expired a second ago', { exp: now - 1 }, false],
    ['that expires at zero', { exp: 0 }, false],
    ['that begins now', { nbf: now }, true],
    ['that begins in a second', { nbf: now + 1 }, false],
    ['that began and has not expired', { nbf: now - 1, exp: now + 1 }, true],
    ['that was issued in the future', { iat: now + 60 }, true],
    ['that is revoked', { revoked: true, exp: now + 1 }, false],
    ['that is not revoked', { revoked: false }, true],
    ['that a database calls revoked', { revoked: 1 }, false],
    ['that a database calls not revoked', { revoked: 0 }, true],
    ['whose columns are null', { exp: null, nbf: null, revoked: null }, true],
    ['whose exp is no number', { exp: 'never' }, false],
    ['whose exp is NaN', { exp: Number.NaN }, false],
    ['whose nbf is no number', { nbf: 'later' }, false],
  ])('judges a token %s', (_, members, live) => {
    expect(isLive({ kind: 'access_token', ...members }, now)).toBe(live)
  })

  test('takes nothing for live by a clock that is broken', () => {
    expect(isLive({ kind: 'access_token' }, Number.NaN)).toBe(false)
  })
})

describe('isOver', () => {
  test.each<[string, object, boolean]>([
    ['without dates', {}, false],
    ['that expires in a second', { exp: now + 1 }, false],
    ['that expires now', { exp: now }, true],
    ['that begins in a second', { nbf: now + 1 }, false],
    ['that begins in a second and is revoked', { nbf: now + 1, revoked: true }, true],
    ['whose columns are null', { exp: null, nbf: null, revoked: null }, false],
    ['whose exp is NaN', { exp: Number.NaN }, true],
  ])('judges a token %s', (_, members, over) => {
    expect(isOver({ kind: 'access_token', ...members }, now)).toBe(over)
  })
})
