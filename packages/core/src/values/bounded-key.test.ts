import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { isBoundedKey, MAX_RSA_BITS } from './bounded-key.ts'

/** A modulus of that many bits, in base64url. */
const modulus = (bits: number): string => Buffer.alloc(bits / 8, 0xff).toString('base64url')

describe('isBoundedKey', () => {
  test.each([
    ['RSA with 2048 bits', generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({ format: 'jwk' })],
    ['RSA with the maximum number of bits', { kty: 'RSA', n: modulus(MAX_RSA_BITS), e: 'AQAB' }],
    ['a curve', generateKeyPairSync('ec', { namedCurve: 'P-521' }).publicKey.export({ format: 'jwk' })],
    ['an unknown key type', { kty: 'AKP' }],
  ])('accepts %s', (_, jwk) => {
    expect(isBoundedKey(jwk)).toBe(true)
  })

  test.each([
    ['a modulus one octet too long', { kty: 'RSA', n: modulus(MAX_RSA_BITS + 8), e: 'AQAB' }],
    ['16384 bits', { kty: 'RSA', n: modulus(16_384), e: 'AQAB' }],
    ['a large exponent', { kty: 'RSA', n: modulus(2048), e: modulus(2048) }],
    ['no modulus', { kty: 'RSA', e: 'AQAB' }],
    ['no exponent', { kty: 'RSA', n: modulus(2048) }],
  ])('refuses RSA with %s', (_, jwk) => {
    expect(isBoundedKey(jwk)).toBe(false)
  })
})
