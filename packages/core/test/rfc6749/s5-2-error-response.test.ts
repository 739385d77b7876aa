import { describe, expect, test } from 'vitest'
import { buildErrorResponse, isErrorText, parseErrorResponse } from '../../src/index.ts'

describe('RFC 6749 §5.2', () => {
  test.each(['invalid_request', 'invalid_client', 'unauthorized_client'])(
    'ERR-05 writes %s into a JSON object as the member error',
    (error) => {
      expect(JSON.parse(JSON.stringify(buildErrorResponse(error, 'why')))).toEqual({ error, error_description: 'why' })
    },
  )

  test('ERR-06 accepts every character of the grammar in a description, and no other character below 256', () => {
    for (let code = 0; code < 256; code++) {
      const allowed = code >= 0x20 && code <= 0x7e && code !== 0x22 && code !== 0x5c
      expect(isErrorText(`a${String.fromCharCode(code)}`), `U+${code.toString(16)}`).toBe(allowed)
    }
  })

  test.each(['a "quoted" word', 'a\\b', 'line\r\nbreak', 'clé', '\u2028', '\ud800', ''])(
    'ERR-06 refuses to send %j',
    (text) => {
      expect(() => buildErrorResponse('invalid_request', text)).toThrow(TypeError)
      expect(() => buildErrorResponse(text)).toThrow(TypeError)
    },
  )

  test.each(['a "quoted" word', 'line\r\nbreak', 'clé'])(
    'ERR-06 leaves out the description %j of a received error',
    (text) => {
      expect(parseErrorResponse({ error: 'e', error_description: text, error_uri: text })).toStrictEqual({ error: 'e' })
      expect(parseErrorResponse({ error: text })).toBeUndefined()
    },
  )

  test.each(['https://as.example/error#1', 'urn:error:1', '/errors?id=1'])('ERR-06 keeps the address %s', (uri) => {
    expect(parseErrorResponse({ error: 'e', error_uri: uri })).toEqual({ error: 'e', error_uri: uri })
  })
})
