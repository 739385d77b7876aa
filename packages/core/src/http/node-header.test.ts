import { describe, expect, test } from 'vitest'
import { readNodeHeader } from './node-header.ts'

describe('readNodeHeader', () => {
  test.each([
    ['a raw field', { rawHeaders: ['Accept', 'a', 'Host', 'b'], headers: {} }, 'a'],
    ['every raw field of the name', { rawHeaders: ['Accept', 'a', 'ACCEPT', 'b'], headers: { accept: 'a' } }, 'a, b'],
    [
      'the raw field, even when middleware changed headers',
      { rawHeaders: ['accept', 'a'], headers: { accept: 'b' } },
      'a',
    ],
    ['nothing from a raw value that equals the name', { rawHeaders: ['host', 'accept'], headers: {} }, undefined],
    ['headers when rawHeaders is empty', { rawHeaders: [], headers: { accept: 'a' } }, 'a'],
    ['headers when rawHeaders is missing', { headers: { accept: 'a' } }, 'a'],
    ['headers by any case of the name', { headers: { Accept: 'a', accept: 'b' } }, 'a, b'],
    ['every value of an array in headers', { headers: { accept: ['a', 'b'] } }, 'a, b'],
    ['an empty field as the empty string', { headers: { accept: '' } }, ''],
    ['nothing from an undefined field', { headers: { accept: undefined } }, undefined],
    ['nothing when both are missing', {}, undefined],
  ])('reads %s', (_, message, value) => {
    expect(readNodeHeader(message, 'accept')).toBe(value)
  })

  test('joins cookies as HTTP/2 requires', () => {
    const rawHeaders = ['cookie', 'a=b', 'accept', 'a', 'Cookie', 'c=d']
    expect(readNodeHeader({ rawHeaders, headers: {} }, 'cookie')).toBe('a=b; c=d')
    expect(readNodeHeader({ headers: { cookie: ['a=b', 'c=d'] } }, 'cookie')).toBe('a=b; c=d')
  })
})
