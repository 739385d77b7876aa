import { describe, expect, test } from 'vitest'
import { parseAuthorization } from '../../src/index.ts'

describe('RFC 9110 §11.4', () => {
  test('AUTH-04 compares every scheme without case', () => {
    for (const [field, scheme] of [
      ['basic YTpi', 'basic'],
      ['BEARER x', 'bearer'],
      ['dpop x', 'dpop'],
      ['DPoP x', 'dpop'],
    ] as const) {
      expect(parseAuthorization(field)?.scheme).toBe(scheme)
    }
  })

  test('BEAR-02 accepts every character of a token68 in the token, and no other character below 256', () => {
    for (let code = 0; code < 256; code++) {
      const char = String.fromCharCode(code)
      const read = parseAuthorization(`Bearer a${char}b`)
      expect(read !== undefined, `U+${code.toString(16)}`).toBe(/[A-Za-z0-9\-._~+/]/.test(char))
    }
  })

  test('keeps the token unchanged, with its case and its padding', () => {
    expect(parseAuthorization('Basic YTpiYw==')?.token).toBe('YTpiYw==')
  })
})
