import { describe, expect, test } from 'vitest'
import * as node from './base64.node.ts'
import * as web from './base64.ts'

const long = 'aé€😀'.repeat(20_000)

describe.each([
  ['base64.node.ts', node],
  ['base64.ts', web],
])('%s', (_, { decodeBase64Text, encodeBase64Text }) => {
  test.each([
    ['nothing', '', ''],
    ['one octet', 'Zg==', 'f'],
    ['two octets', 'Zm8=', 'fo'],
    ['three octets', 'Zm9v', 'foo'],
    ['the two characters that base64url replaces', 'Pz8/Pj4+', '???>>>'],
    ['UTF-8 of two, three and four octets', 'w6nigqzwn5iA', 'é€😀'],
    ['control characters', 'AAoN', '\0\n\r'],
    ['a replacement character that was sent', '77+9', '\ufffd'],
    ['a byte order mark', '77u/YQ==', '\ufeffa'],
    ['a long text', Buffer.from(long).toString('base64'), long],
  ])('decodes and encodes %s', (__, base64, text) => {
    expect(decodeBase64Text(base64)).toBe(text)
    expect(encodeBase64Text(text)).toBe(base64)
  })

  test.each([
    ['two characters', 'Zg', 'f'],
    ['three characters', 'Zm8', 'fo'],
  ])('decodes %s without padding', (__, base64, text) => {
    expect(decodeBase64Text(base64)).toBe(text)
  })

  test.each([
    ['a stray continuation octet', [0x80]],
    ['an octet that UTF-8 never has', [0x61, 0xff]],
    ['a sequence cut short', [0xe2, 0x82]],
    ['an overlong sequence', [0xc0, 0xaf]],
    ['an encoded surrogate', [0xed, 0xa0, 0x80]],
    ['a code point above U+10FFFF', [0xf4, 0x90, 0x80, 0x80]],
    ['a bad octet beside a replacement character', [0xef, 0xbf, 0xbd, 0xff]],
  ])('refuses %s', (__, octets) => {
    expect(decodeBase64Text(Buffer.from(octets).toString('base64'))).toBeUndefined()
  })

  test('encodes a lone surrogate as a replacement character', () => {
    expect(encodeBase64Text('\ud800')).toBe('77+9')
  })
})
