import { describe, expect, test } from 'vitest'
import { buildChallenge, parseChallenges } from '../../src/index.ts'

describe('RFC 6750 §3', () => {
  test('builds the examples of the standard', () => {
    expect(buildChallenge('Bearer', { realm: 'example' })).toBe('Bearer realm="example"')
    const parameters = { realm: 'example', error: 'invalid_token', error_description: 'The access token expired' }
    expect(buildChallenge('Bearer', parameters)).toBe(
      'Bearer realm="example", error="invalid_token", error_description="The access token expired"',
    )
  })

  test.each(['realm', 'scope', 'error', 'error_description', 'error_uri'])('BEAR-14 sends %s at most once', (name) => {
    const twice = { [name]: 'a', [name.toUpperCase()]: 'b' }
    expect(() => buildChallenge('Bearer', twice)).toThrow(TypeError)
    expect(parseChallenges(`Bearer ${name}="a", ${name.toUpperCase()}="b"`)).toBeUndefined()
  })

  test.each(['error', 'error_description', 'scope', 'error_uri'])(
    'BEAR-15 accepts every character of the grammar in %s, and no other character below 256',
    (name) => {
      for (let code = 0; code < 256; code++) {
        const value = `a${String.fromCharCode(code)}b`
        const allowed = code >= 0x20 && code <= 0x7e && code !== 0x22 && code !== 0x5c
        if (allowed && !(name === 'error_uri' && code === 0x20)) {
          expect(buildChallenge('Bearer', { [name]: value })).toBe(`Bearer ${name}="${value}"`)
        } else {
          expect(() => buildChallenge('Bearer', { [name]: value }), `U+${code.toString(16)}`).toThrow(TypeError)
        }
      }
    },
  )

  test.each(['a\r\nSet-Cookie: a=b', 'a"\r\n\r\n<script>', 'a\nb', 'a\rb', 'a\0b', 'é'])(
    'BEAR-15 does not let %j add a header through any parameter or name',
    (attack) => {
      for (const name of ['realm', 'scope', 'error', 'error_description', 'error_uri', 'resource_metadata', 'other']) {
        expect(() => buildChallenge('Bearer', { [name]: attack })).toThrow(TypeError)
      }
      expect(() => buildChallenge('Bearer', { [attack]: 'x' })).toThrow(TypeError)
      expect(() => buildChallenge(attack, { realm: 'x' })).toThrow(TypeError)
    },
  )

  test('BEAR-15 escapes a quote in a realm, so that the quote cannot start another parameter', () => {
    const challenge = buildChallenge('Bearer', { realm: 'a", error="invalid_token' })
    expect(parseChallenges(challenge)).toEqual([
      { scheme: 'Bearer', parameters: { realm: 'a", error="invalid_token' } },
    ])
  })
})
