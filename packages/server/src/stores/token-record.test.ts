import { describe, expect, test } from 'vitest'
import { isOver, type NotLive, whyNotLive } from './token-record.ts'

const now = 1_764_000_000

describe('whyNotLive', () => {
  test.each<[string, object, NotLive | undefined]>([
    ['without dates', {}, undefined],
    ['that expires in a second', { exp: now + 1 }, undefined],
    ['that expires now', { exp: now }, 'expired'],
    ['that expired a second ago', { exp: now - 1 }, 'expired'],
    ['that expires at zero', { exp: 0 }, 'expired'],
    ['that begins now', { nbf: now }, undefined],
    ['that begins in a second', { nbf: now + 1 }, 'not-yet-valid'],
    ['that began and has not expired', { nbf: now - 1, exp: now + 1 }, undefined],
    ['that was issued in the future', { iat: now + 60 }, undefined],
    ['that is revoked', { revoked: true, exp: now + 1 }, 'revoked'],
    ['that is revoked and has expired', { revoked: true, exp: now }, 'revoked'],
    ['that is not revoked', { revoked: false }, undefined],
    ['that a database calls revoked', { revoked: 1 }, 'revoked'],
    ['that a database calls not revoked', { revoked: 0 }, undefined],
    ['whose columns are null', { exp: null, nbf: null, revoked: null }, undefined],
    ['whose exp is not a number', { exp: 'never' }, 'expired'],
    ['whose exp is NaN', { exp: Number.NaN }, 'expired'],
    ['whose nbf is not a number', { nbf: 'later' }, 'not-yet-valid'],
  ])('judges a token %s', (_, members, reason) => {
    expect(whyNotLive({ kind: 'access_token', ...members }, now)).toBe(reason)
  })

  test('treats no token as live when the clock is broken', () => {
    expect(whyNotLive({ kind: 'access_token' }, Number.NaN)).toBe('expired')
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
