import { describe, expect, test } from 'vitest'
import { encodeBase64url } from './base64url.ts'
import { parseJwtPart, signedContent, splitCompactJws } from './compact-jwt.ts'

const part = (text: string): string => encodeBase64url(new TextEncoder().encode(text))
const header = part('{"alg":"ES256"}')
const payload = part('{"sub":"alice"}')
const signature = encodeBase64url(new Uint8Array(64).fill(7))
const jwt = `${header}.${payload}.${signature}`

describe('splitCompactJws', () => {
  test('returns the three parts unchanged; the signature may be empty', () => {
    expect(splitCompactJws(jwt)).toEqual({ header, payload, signature })
    expect(splitCompactJws(`${header}.${payload}.`)).toEqual({ header, payload, signature: '' })
  })

  test.each([
    ['two parts', `${header}.${payload}`],
    ['four parts', `${jwt}.${signature}`],
    ['an empty header', `.${payload}.${signature}`],
    ['an empty payload', `${header}..${signature}`],
    ['padding', `${jwt}==`],
    ['a spare bit in the signature', `${jwt.slice(0, -1)}x`],
    ['a spare bit in the header', `${header}0.${payload}.${signature}`],
    ['two JWTs in one field', `${jwt}, ${jwt}`],
    ['white space', ` ${jwt}`],
    ['nothing', ''],
  ])('JOSE-04 returns undefined for %s', (_, text) => {
    expect(splitCompactJws(text)).toBeUndefined()
  })
})

describe('parseJwtPart', () => {
  test('returns the object', () => {
    expect(parseJwtPart(payload)).toEqual({ sub: 'alice' })
  })

  test.each([
    ['a duplicate name', part('{"sub":"alice","sub":"mallory"}')],
    ['a list', part('[]')],
    ['a byte order mark', part('\ufeff{}')],
    ['text that is not JSON', part('alice')],
    ['octets that are not UTF-8', encodeBase64url(Uint8Array.of(0x7b, 0xff, 0x7d))],
    ['padding', `${part('{ }')}=`],
    ['a spare bit', 'e31'],
  ])('refuses %s', (_, text) => {
    expect(() => parseJwtPart(text)).toThrow(expect.objectContaining({ code: 'ERR_RESPONSE_MALFORMED' }))
  })
})

describe('signedContent', () => {
  test.each([
    ['unchanged', jwt],
    ['with another signature', `${header}.${payload}.${encodeBase64url(new Uint8Array(64).fill(8))}`],
    ['with a spare bit in its signature', `${jwt.slice(0, -1)}x`],
    ['with padding', `${jwt}==`],
    ['with characters that lenient readers skip', `${jwt}!`],
    ['without a signature', `${header}.${payload}.`],
  ])('is header and payload of a JWT %s', (_, text) => {
    expect(signedContent(text)).toBe(`${header}.${payload}`)
  })

  test.each([
    ['an opaque token', '2YotnFZFEjr1zCsicMWpAA'],
    ['an opaque token with two dots', 'v1.access.2YotnFZFEjr1zCsicMWpAA'],
    ['an encrypted JWT', `${header}.a.b.c.d`],
    ['three parts whose first is not an object with alg', `${payload}.${payload}.${signature}`],
    ['nothing', ''],
  ])('is the token itself for %s', (_, token) => {
    expect(signedContent(token)).toBe(token)
  })
})
