import { describe, expect, test } from 'vitest'
import { confirmationSchema, isSha256Thumbprint } from './confirmation.ts'

const thumbprint = 'A4DtL2JmUMhAsvJj5tKyn64SqzmuXbMrJa0n761y5v0'
const jwk = { kty: 'EC', crv: 'P-256', x: 'x', y: 'y' }

describe('isSha256Thumbprint', () => {
  test('accepts 43 characters of base64url', () => {
    expect(isSha256Thumbprint(thumbprint)).toBe(true)
    expect(isSha256Thumbprint('-_'.repeat(21).concat('A'))).toBe(true)
  })

  test.each([
    ['padding', `${thumbprint}=`],
    ['one character too few', thumbprint.slice(1)],
    ['one character too many', `${thumbprint}A`],
    ['a line break', `${thumbprint}\n`],
    ['the base64 alphabet', `${thumbprint.slice(1)}+`],
    ['hexadecimal', 'ab'.repeat(32)],
    ['nothing', ''],
    ['a value that is not a string', [thumbprint]],
    ['an absent value', undefined],
  ])('refuses %s', (_, value) => {
    expect(isSha256Thumbprint(value)).toBe(false)
  })
})

describe('confirmationSchema', () => {
  test.each([
    ['a key thumbprint', { jkt: thumbprint }],
    ['a certificate thumbprint', { 'x5t#S256': thumbprint }],
    ['both thumbprints', { jkt: thumbprint, 'x5t#S256': thumbprint }],
    ['a key', { jwk }],
    ['an encrypted key', { jwe: 'a.b.c.d.e' }],
    ['a reference to keys with a key identifier', { jku: 'https://keys.example', kid: '1' }],
    ['unregistered members', { foo: [1] }],
    ['an empty object', {}],
  ])('accepts %s and keeps it', (_, cnf) => {
    expect(confirmationSchema.safeParse(cnf).data).toEqual(cnf)
  })

  test.each([
    ['a string', thumbprint],
    ['an array', [{ jkt: thumbprint }]],
    ['null', null],
    ['a malformed key thumbprint', { jkt: 'short' }],
    ['a padded certificate thumbprint', { 'x5t#S256': `${thumbprint}=` }],
    ['a thumbprint that is null', { jkt: null }],
    ['a key without a type', { jwk: { crv: 'P-256' } }],
    ['a key as text', { jwk: JSON.stringify(jwk) }],
    ['a key identifier that is a number', { kid: 1 }],
    ['a key and an encrypted key', { jwk, jwe: 'a.b.c.d.e' }],
    ['a key and a reference to keys', { jwk, jku: 'https://keys.example' }],
    ['an encrypted key and a reference to keys', { jwe: 'a.b.c.d.e', jku: 'https://keys.example' }],
  ])('refuses %s', (_, cnf) => {
    expect(confirmationSchema.safeParse(cnf).success).toBe(false)
  })
})
