import { describe, expect, test } from 'vitest'
import { parseAuthorizationServerMetadata } from '../../src/index.ts'

const issuer = 'https://as.example.com'
const malformed = expect.objectContaining({ code: 'ERR_RESPONSE_MALFORMED' }) as Error

describe('RFC 9701 §7', () => {
  test.each([
    'introspection_signing_alg_values_supported',
    'introspection_encryption_alg_values_supported',
    'introspection_encryption_enc_values_supported',
  ])('accepts %s only as an array of strings', (member) => {
    expect(parseAuthorizationServerMetadata({ issuer, [member]: ['X'] }, issuer)).toEqual({ issuer, [member]: ['X'] })
    for (const value of ['ES256', [5], { 0: 'ES256' }, null]) {
      expect(() => parseAuthorizationServerMetadata({ issuer, [member]: value }, issuer)).toThrow(malformed)
    }
  })
})
