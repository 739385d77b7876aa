import { describe, expect, test } from 'vitest'
import { encodeFieldValue } from './encode-field-value.ts'

describe('encodeFieldValue', () => {
  test.each([
    ['alice', 'alice'],
    ['orders:read orders:write', 'orders:read orders:write'],
    ['', ''],
    ['100%', '100%25'],
    ['%0a', '%250a'],
    ['caf\u00e9', 'caf%C3%A9'],
    ['\u65e5\u672c', '%E6%97%A5%E6%9C%AC'],
    ['\ud83d\ude00', '%F0%9F%98%80'],
    ['a\r\nX-Auth-Role: admin', 'a%0D%0AX-Auth-Role: admin'],
    ['a\0b\tc\x7fd', 'a%00b%09c%7Fd'],
    [' alice ', '%20alice%20'],
    [' ', '%20'],
    ['\u00a0\u2028', '%C2%A0%E2%80%A8'],
    ['{"a":"b;c,d"}', '{"a":"b;c,d"}'],
  ])('writes %j as %s, which decodes to the same', (text, expected) => {
    const encoded = encodeFieldValue('x-auth-subject', text)
    expect(encoded).toBe(expected)
    expect(decodeURIComponent(encoded)).toBe(text)
    expect(new Headers({ 'x-auth-subject': encoded }).get('x-auth-subject')).toBe(encoded)
  })

  test('gives every character a text of its own, in printable ASCII', () => {
    const encoded = Array.from({ length: 0x3_00 }, (_, code) => encodeFieldValue('a', String.fromCharCode(code)))
    expect(new Set(encoded).size).toBe(encoded.length)
    expect(encoded.join('')).toMatch(/^[\x20-\x7e]+$/)
  })

  test.each(['\ud800', 'a\udc00b'])('refuses half of a surrogate pair: %j', (text) => {
    expect(() => encodeFieldValue('x-auth-subject', text)).toThrow(RangeError)
    expect(() => encodeFieldValue('x-auth-subject', text)).toThrow('x-auth-subject')
  })
})
