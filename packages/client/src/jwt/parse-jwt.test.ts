import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseJwt } from './parse-jwt.ts'

const encode = (text: string) => Buffer.from(text).toString('base64url')
const header = encode('{"alg":"ES256"}')
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

describe('parseJwt', () => {
  test('returns header and claims, also with letters outside ASCII', () => {
    const claims = { sub: 'Zoë 🦊', n: 1 }
    expect(parseJwt(`${header}.${encode(JSON.stringify(claims))}.`)).toEqual({ header: { alg: 'ES256' }, claims })
  })

  test('accepts octets in one spelling only', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 1, maxLength: 80 }),
        fc.constantFrom(...ALPHABET.split('')),
        (octets, last) => {
          const signature = Buffer.from(octets).toString('base64url')
          expect(parseJwt(`${header}.${encode('{}')}.${signature}`)).toBeDefined()
          const other = signature.slice(0, -1) + last
          const isSame = other !== signature && Buffer.from(other, 'base64url').equals(octets)
          if (isSame) expect(parseJwt(`${header}.${encode('{}')}.${other}`)).toBeUndefined()
        },
      ),
    )
  })

  test.each([
    ['two parts', `${header}.${header}`],
    ['four parts', `${header}.${header}.a.b`],
    ['an empty header', `.${header}.AAAA`],
    ['empty claims', `${header}..AAAA`],
    ['padding', `${header}=.${header}.AAAA`],
    ['a line break', `${header}.${header}.AAAA\n`],
    ['base64 with + and /', `${header}.${encode('{"a":"???"}').replaceAll('_', '/')}.AAAA`],
    ['a length that base64url cannot have', `${header}.${header}.AAAAA`],
  ])('refuses a JWT with %s', (_, token) => {
    expect(parseJwt(token)).toBeUndefined()
  })

  test.each([
    ['that is not JSON', encode('hello')],
    ['a list', encode('[]')],
    ['with a duplicate name', encode('{"a":1,"a":2}')],
    ['that is not UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d]).toString('base64url')],
    ['with a byte order mark', encode('\ufeff{}')],
  ])('refuses a part %s', (_, part) => {
    for (const token of [`${part}.${encode('{}')}.AAAA`, `${header}.${part}.AAAA`]) {
      expect(() => parseJwt(token)).toThrow(expect.objectContaining({ code: 'ERR_RESPONSE_MALFORMED' }))
    }
  })
})
