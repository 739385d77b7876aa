import { describe, expect, test } from 'vitest'
import { readNodeHeader } from './node-header.ts'

describe('readNodeHeader', () => {
  test.each([
    ['a raw field', { rawHeaders: ['Accept', 'a', 'Host', 'b'], headers: {} }, 'a'],
    ['every raw field of the name', { rawHeaders: ['Accept', 'a', 'ACCEPT', 'b'], headers: { accept: 'a' } }, 'a, b'],
    [
      'the raw field, whatever middleware made of the others',
      { rawHeaders: ['accept', 'a'], headers: { accept: 'b' } },
      'a',
    ],
    ['no raw value that looks like the name', { rawHeaders: ['host', 'accept'], headers: {} }, undefined],
    ['the other field where the raw ones are empty', { rawHeaders: [], headers: { accept: 'a' } }, 'a'],
    ['the other field where there are no raw ones', { headers: { accept: 'a' } }, 'a'],
    ['the other field by any case of its name', { headers: { Accept: 'a', accept: 'b' } }, 'a, b'],
    ['every value of another field', { headers: { accept: ['a', 'b'] } }, 'a, b'],
    ['an empty field as it is', { headers: { accept: '' } }, ''],
    ['nothing of an undefined field', { headers: { accept: undefined } }, undefined],
    ['nothing where nothing is', {}, undefined],
  ])('reads %s', (_, message, value) => {
    expect(readNodeHeader(message, 'accept')).toBe(value)
  })
})
