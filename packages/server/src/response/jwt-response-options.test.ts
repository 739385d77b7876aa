import { OptionGroup } from '@token-introspection/core/options'
import { describe, expect, test } from 'vitest'
import { RESPONSE_ENCRYPTION_ALGS, RESPONSE_ENCRYPTION_ENCS } from './encryption-key.ts'
import { checkJwtPreferences, jwtResponseMetadata, resolveJwtResponse } from './jwt-response-options.ts'
import type { ResponseSigningAlg } from './signing-algorithms.ts'
import type { SigningKey } from './signing-key.ts'

const now = 1_764_000_000
const step = { issuer: 'https://as.example.com', timeoutMs: 50, now: () => now, jwks: { load: () => ({ keys: [] }) } }
const ecJwk = { kty: 'EC', crv: 'P-256', x: 'x', y: 'y' }

function key(alg: ResponseSigningAlg, changes: Partial<SigningKey> = {}): SigningKey {
  return { alg, kid: alg, sign: () => Promise.resolve(new Uint8Array()), ...changes }
}

function resolve(options: unknown) {
  return resolveJwtResponse(options, step)
}

describe('resolveJwtResponse', () => {
  test('offers no JWTs without the group', () => {
    expect(resolve(undefined)).toBeUndefined()
  })

  test.each<[title: string, options: object, alg: ResponseSigningAlg]>([
    ['RS256, as RFC 9701 says (JWT-26)', { keys: [key('ES256'), key('RS256')] }, 'RS256'],
    ['the configured algorithm', { keys: [key('RS256'), key('ES256')], defaultSigningAlg: 'ES256' }, 'ES256'],
    [
      'the algorithm of the first key, with FAPI 2.0 (FAPI-04)',
      { keys: [key('Ed25519'), key('PS256')], profile: 'fapi2' },
      'Ed25519',
    ],
    [
      'the configured algorithm, with FAPI 2.0',
      { keys: [key('ES256'), key('PS256')], profile: 'fapi2', defaultSigningAlg: 'PS256' },
      'PS256',
    ],
  ])('signs with %s for a protected resource without an algorithm', (_, options, alg) => {
    expect(resolve(options)?.defaultSigningAlg).toBe(alg)
  })

  test.each<[title: string, options: unknown, path: string]>([
    ['no group', 'jwt', 'response.jwt: '],
    ['an unknown option', { keys: [key('RS256')], key: 1 }, 'response.jwt.key: '],
    ['no keys', {}, 'response.jwt.keys: '],
    ['an unknown profile', { keys: [key('RS256')], profile: 'fapi1' }, 'response.jwt.profile: '],
    [
      'no key for the default, which is RS256 (JWT-26)',
      { keys: [key('ES256')] },
      'response.jwt.defaultSigningAlg: no key signs with RS256',
    ],
    [
      'no key for the configured default',
      { keys: [key('RS256')], defaultSigningAlg: 'PS256' },
      'response.jwt.defaultSigningAlg: ',
    ],
    [
      'a default whose key does not sign yet (JWT-38)',
      { keys: [key('RS256', { signsFrom: now + 1 })] },
      'response.jwt.defaultSigningAlg: ',
    ],
    ['none as the default', { keys: [key('RS256')], defaultSigningAlg: 'none' }, 'response.jwt.defaultSigningAlg: '],
    ['RS256 with FAPI 2.0 (FAPI-04)', { keys: [key('RS256')], profile: 'fapi2' }, 'response.jwt.keys[0].alg: '],
    [
      'RS256 as the default with FAPI 2.0 (FAPI-04)',
      { keys: [key('PS256')], profile: 'fapi2', defaultSigningAlg: 'RS256' },
      'response.jwt.defaultSigningAlg: ',
    ],
  ])('refuses %s', (_, options, path) => {
    expect(() => resolve(options)).toThrow(TypeError)
    expect(() => resolve(options)).toThrow(path)
  })
})

describe('checkJwtPreferences', () => {
  const jwt = resolveJwtResponse({ keys: [key('RS256'), key('ES256'), key('PS256', { signsFrom: now + 1 })] }, step)
  const names = [
    'introspectionSignedResponseAlg',
    'introspectionEncryptedResponseAlg',
    'introspectionEncryptedResponseEnc',
    'requireJwtResponse',
    'jwks',
    'jwksUri',
  ]
  const check =
    (preferences: object, resolved = jwt) =>
    () =>
      checkJwtPreferences(preferences, new OptionGroup('protectedResources[0]', preferences, names), resolved)
  const encrypted = { introspectionEncryptedResponseAlg: 'ECDH-ES', jwks: { keys: [ecJwk] } }

  test.each<[title: string, preferences: object]>([
    ['none', {}],
    ['an algorithm with a key', { introspectionSignedResponseAlg: 'ES256', requireJwtResponse: true }],
    ['encryption for a key', encrypted],
    [
      'encryption with jwksUri',
      { introspectionEncryptedResponseAlg: 'RSA-OAEP-256', jwksUri: 'https://rs.example.com/jwks' },
    ],
    ['a content encryption', { ...encrypted, introspectionEncryptedResponseEnc: 'A256GCM' }],
  ])('takes %s', (_, preferences) => {
    expect(check(preferences)).not.toThrow()
  })

  test.each<[title: string, preferences: object, path: string]>([
    ['an algorithm without a key', { introspectionSignedResponseAlg: 'ES384' }, 'introspectionSignedResponseAlg'],
    [
      'an algorithm whose key does not sign yet',
      { introspectionSignedResponseAlg: 'PS256' },
      'introspectionSignedResponseAlg',
    ],
    ['none', { introspectionSignedResponseAlg: 'none' }, 'introspectionSignedResponseAlg'],
    ['HS256', { introspectionSignedResponseAlg: 'HS256' }, 'introspectionSignedResponseAlg'],
    [
      'a content encryption without an algorithm (JWT-27)',
      { introspectionEncryptedResponseEnc: 'A256GCM' },
      'introspectionEncryptedResponseEnc',
    ],
    ['RSA1_5', { ...encrypted, introspectionEncryptedResponseAlg: 'RSA1_5' }, 'introspectionEncryptedResponseAlg'],
    [
      'a shared secret',
      { ...encrypted, introspectionEncryptedResponseAlg: 'dir' },
      'introspectionEncryptedResponseAlg',
    ],
    [
      'an unknown content encryption',
      { ...encrypted, introspectionEncryptedResponseEnc: 'none' },
      'introspectionEncryptedResponseEnc',
    ],
    ['encryption without keys', { introspectionEncryptedResponseAlg: 'ECDH-ES' }, 'introspectionEncryptedResponseAlg'],
    ['encryption without a suitable key', { ...encrypted, introspectionEncryptedResponseAlg: 'RSA-OAEP' }, 'jwks'],
  ])('refuses %s', (_, preferences, path) => {
    expect(check(preferences)).toThrow(TypeError)
    expect(check(preferences)).toThrow(`protectedResources[0].${path}: `)
  })

  test.each([
    { requireJwtResponse: true },
    { introspectionSignedResponseAlg: 'RS256' },
    encrypted,
    { introspectionEncryptedResponseEnc: 'A256GCM' },
  ])('refuses %j without response.jwt', (preferences) => {
    const refuse = () =>
      checkJwtPreferences(
        preferences as object,
        new OptionGroup('protectedResources[0]', preferences, names),
        undefined,
      )
    expect(refuse).toThrow(TypeError)
    expect(refuse).toThrow('needs response.jwt')
  })

  test('accepts a resource without JWT preferences without response.jwt', () => {
    const preferences = { requireJwtResponse: false }
    const group = new OptionGroup('protectedResources[0]', preferences, names)
    expect(() => checkJwtPreferences(preferences, group, undefined)).not.toThrow()
  })
})

describe('jwtResponseMetadata', () => {
  test('lists the algorithms that sign now, each once, and every encryption algorithm (JWT-28)', () => {
    const keys = [key('RS256'), key('RS256', { kid: 'next' }), key('ES256'), key('PS256', { signsFrom: now + 1 })]
    const resolved = resolveJwtResponse({ keys }, step)
    expect(resolved && jwtResponseMetadata(resolved)).toEqual({
      introspection_signing_alg_values_supported: ['RS256', 'ES256'],
      introspection_encryption_alg_values_supported: [...RESPONSE_ENCRYPTION_ALGS],
      introspection_encryption_enc_values_supported: [...RESPONSE_ENCRYPTION_ENCS],
    })
  })
})
