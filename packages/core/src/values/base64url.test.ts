import { describe, expect, test } from 'vitest'
import { decodeBase64url, encodeBase64url, isBase64url } from './base64url.ts'

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

describe('base64url', () => {
  test.each([0, 1, 2, 3, 4, 31, 32, 63, 64, 65])('decodes %i octets to what was encoded', (length) => {
    const octets = Uint8Array.from({ length }, (_, index) => 255 - index)
    const text = encodeBase64url(octets)
    expect(text).toBe(Buffer.from(octets).toString('base64url'))
    expect(decodeBase64url(text)).toEqual(octets)
  })

  test.each([
    ['one octet', 'Zg', 1],
    ['two octets', 'Zm8', 1],
    ['three octets', 'Zm9v', 64],
  ])('JOSE-04 accepts after %s only last characters without spare bits', (_, text, step) => {
    const taken = Array.from(ALPHABET).filter((last) => isBase64url(text.slice(0, -1) + last))
    expect(taken.length).toBe(text.length === 2 ? 4 : text.length === 3 ? 16 : step)
    expect(new Set(taken.map((last) => Buffer.from(text.slice(0, -1) + last, 'base64url').toString('hex'))).size).toBe(
      taken.length,
    )
  })

  test.each([
    ['padding', 'Zg=='],
    ['the character + of base64', 'Pz8/'],
    ['the character / of base64', 'Pj4+'],
    ['a space', 'Zm9v '],
    ['a line break', 'Zm9v\n'],
    ['a single character', 'Z'],
    ['five characters', 'Zm9vZ'],
    ['a set spare bit after one octet', 'Zh'],
    ['a set spare bit after two octets', 'Zm9'],
    ['a character beyond ASCII', 'Zm9é'],
  ])('JOSE-04 refuses %s', (_, text) => {
    expect(isBase64url(text)).toBe(false)
    expect(decodeBase64url(text)).toBeUndefined()
  })
})
