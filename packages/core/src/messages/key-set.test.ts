import { describe, expect, test } from 'vitest'
import { parseKeySet } from './key-set.ts'

const key = { kty: 'EC', crv: 'P-256', x: 'eA', y: 'eQ' }
const encode = (text: string): Uint8Array => new TextEncoder().encode(text)
const setOf = (keys: unknown): Uint8Array => encode(JSON.stringify({ keys }))

describe('parseKeySet', () => {
  test.each([
    ['a key', [key], [key]],
    ['no key', [], []],
    ['100 keys', Array.from({ length: 100 }, () => key), Array.from({ length: 100 }, () => key)],
    ['elements that are not keys', [null, 1, 'kty', [], {}, { kty: 1 }, key], [key]],
  ])('reads a set with %s', (_, keys, expected) => {
    expect(parseKeySet(setOf(keys))).toEqual({ keys: expected })
  })

  test('reads a set after a byte order mark (RFC 8259 §8.1)', () => {
    expect(parseKeySet(encode('\ufeff{"keys":[]}'))).toEqual({ keys: [] })
  })

  test.each([
    ['octets that are not UTF-8', Uint8Array.of(0x7b, 0xff, 0x7d), 'UTF-8'],
    ['a text that is not JSON', encode('keys'), 'JSON'],
    ['a duplicate name', encode('{"keys":[],"keys":[]}'), 'twice'],
    ['no list', setOf(undefined), 'no list of at most 100 keys'],
    ['an object in place of the list', setOf({}), 'no list of at most 100 keys'],
    ['101 keys', setOf(Array.from({ length: 101 }, () => key)), 'no list of at most 100 keys'],
  ])('refuses %s', (_, octets, message) => {
    expect(() => parseKeySet(octets)).toThrow(expect.objectContaining({ code: 'ERR_RESPONSE_MALFORMED' }))
    expect(() => parseKeySet(octets)).toThrow(message)
  })
})
