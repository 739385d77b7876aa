import { describe, expect, test } from 'vitest'
import { decodeFormComponent, encodeForm, encodeFormComponent, parseForm } from '../../src/index.ts'

const text = ' %&+£€'
const encoded = '+%25%26%2B%C2%A3%E2%82%AC'

describe('RFC 6749 appendix B', () => {
  test('REQ-04 encodes the example of the standard', () => {
    expect(encodeFormComponent(text)).toBe(encoded)
    expect(decodeFormComponent(encoded)).toBe(text)
  })

  test('REQ-04 agrees with URLSearchParams as encoder and as decoder', () => {
    for (let code = 0; code < 0x800; code++) {
      const value = `a${String.fromCodePoint(code)}b`
      expect(new URLSearchParams(encodeForm([['v', value]])).get('v')).toBe(value)
      expect(parseForm(new URLSearchParams({ v: value }).toString()).get('v')).toBe(value)
    }
  })

  test.each(['%21*%27%28%29%7E', "!*'()~", '%21%2A%27%28%29~'])('reads %s as the same six characters', (value) => {
    expect(decodeFormComponent(value)).toBe("!*'()~")
  })
})
