import { createSecretKey, generateKeyPairSync } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { SIGNATURE_ALGORITHMS } from '@token-introspection/core'
import { describe, expect, test } from 'vitest'
import { resolveOptions } from '../resolve-options.ts'
import { clientSecretBasic } from '../transport/client-authentication/client-secret-basic.ts'
import { jwtResponseDefaults } from './jwt-response-options.ts'

const issuer = 'https://as.example.com'
const clientAuthentication = clientSecretBasic('orders-api', 's3cr3t-value')
const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const publicJwk = pair.publicKey.export({ format: 'jwk' })
const privateJwk = pair.privateKey.export({ format: 'jwk' })

function resolve(jwt: unknown, more: object = {}) {
  return resolveOptions({ issuer, clientAuthentication, response: { jwt: jwt as object }, ...more }).steps
}

describe('response.jwt', () => {
  test('sets the one media type to request, and is undefined without the option', () => {
    expect(resolve({}).transport.accept).toBe('application/token-introspection+jwt')
    const without = resolve(undefined)
    expect(without.transport.accept).toBe('application/json')
    expect(without.response.jwt).toBeUndefined()
  })

  test('has defaults for every option', () => {
    expect(resolve({}).response.jwt).toMatchObject({
      issuer,
      audience: 'orders-api',
      algorithms: SIGNATURE_ALGORITHMS,
      maxAgeSeconds: 60,
      leewaySeconds: 5,
    })
    expect(resolve({}).response.jwt?.findDecryptionKeys()).toEqual([])
  })

  test('has the documented defaults and bounds', () => {
    const source = readFileSync(new URL('jwt-response-options.ts', import.meta.url), 'utf8')
    expect(source).toContain(`Default \`${jwtResponseDefaults.profile}\``)
    expect(source).toContain(`Default ${jwtResponseDefaults.maxAgeSeconds}, from 1 to 600.`)
    for (const maxAgeSeconds of [1, 600])
      expect(resolve({ maxAgeSeconds }).response.jwt).toMatchObject({ maxAgeSeconds })
  })

  test('FAPI-04 allows only PS256, ES256 and EdDSA with the profile fapi2', () => {
    expect(resolve({ profile: 'fapi2' }).response.jwt?.algorithms).toEqual(['PS256', 'ES256', 'EdDSA', 'Ed25519'])
    for (const algorithm of ['RS256', 'ES512', 'PS384']) {
      expect(() => resolve({ profile: 'fapi2', algorithms: ['ES256', algorithm] })).toThrow(
        /^response\.jwt\.algorithms:/,
      )
    }
  })

  test.each(['none', 'NONE', 'HS256', 'HS512', 'es256', 'A128KW', 'RSA1_5'])(
    'JWT-29 cannot accept the algorithm %s',
    (algorithm) => {
      expect(() => resolve({ algorithms: ['ES256', algorithm] })).toThrow(/^response\.jwt\.algorithms:/)
    },
  )

  const wrong: readonly (readonly [string, unknown, string])[] = [
    ['a group that is null', null, 'response.jwt'],
    ['a group that is true', true, 'response.jwt'],
    ['an unknown option', { algorithm: 'ES256' }, 'response.jwt.algorithm'],
    ['an empty list of algorithms', { algorithms: [] }, 'response.jwt.algorithms'],
    ['an algorithm that is not in an array', { algorithms: 'ES256' }, 'response.jwt.algorithms'],
    ['an unknown profile', { profile: 'fapi1' }, 'response.jwt.profile'],
    ['keys and a key URL together', { jwks: { keys: [publicJwk] }, jwksUri: `${issuer}/jwks` }, 'response.jwt.jwks'],
    ['an empty key set', { jwks: { keys: [] } }, 'response.jwt.jwks'],
    ['keys that are not a key set', { jwks: [publicJwk] }, 'response.jwt.jwks'],
    ['keys that are null', { jwks: null }, 'response.jwt.jwks'],
    ['a private key for verification', { jwks: { keys: [privateJwk] } }, 'response.jwt.jwks'],
    ['a shared secret for verification', { jwks: { keys: [{ kty: 'oct', k: 'AAAA' }] } }, 'response.jwt.jwks'],
    ['keys over http', { jwksUri: 'http://as.example.com/jwks' }, 'response.jwt.jwksUri'],
    ['keys over http on loopback', { jwksUri: 'http://127.0.0.1/jwks' }, 'response.jwt.jwksUri'],
    ['a key URL that is not a URL', { jwksUri: '/jwks' }, 'response.jwt.jwksUri'],
    ['an empty audience', { audience: '' }, 'response.jwt.audience'],
    ['an age of zero', { maxAgeSeconds: 0 }, 'response.jwt.maxAgeSeconds'],
    ['an age of one hour', { maxAgeSeconds: 3600 }, 'response.jwt.maxAgeSeconds'],
    ['an age that is not a number', { maxAgeSeconds: Number.NaN }, 'response.jwt.maxAgeSeconds'],
    [
      'one key without an array',
      { decryptionKeys: { alg: 'ECDH-ES', key: privateJwk } },
      'response.jwt.decryptionKeys',
    ],
    ['a key that is null', { decryptionKeys: [null] }, 'response.jwt.decryptionKeys[0]'],
    ...[undefined, 'dir', 'A128KW', 'PBES2-HS256+A128KW', 'RSA1_5'].map(
      (alg) =>
        [
          `decryption with ${alg}`,
          { decryptionKeys: [{ alg, key: privateJwk }] },
          'response.jwt.decryptionKeys[0].alg',
        ] as const,
    ),
    ...[
      undefined,
      null,
      's3cr3t-value',
      new Uint8Array(32),
      publicJwk,
      pair.publicKey,
      createSecretKey(Buffer.alloc(32)),
      { kty: 'oct', d: 'AAAA' },
    ].map(
      (key, index) =>
        [
          `a key that is not private, ${index}`,
          { decryptionKeys: [{ alg: 'ECDH-ES', key }] },
          'response.jwt.decryptionKeys[0].key',
        ] as const,
    ),
  ]

  test.each(wrong)('refuses %s by its full path', (_, jwt, path) => {
    let message = ''
    try {
      resolve(jwt)
    } catch (error) {
      expect(error).toBeInstanceOf(TypeError)
      ;({ message } = error as Error)
    }
    expect(message.slice(0, message.indexOf(':'))).toBe(path)
    expect(message).not.toContain('s3cr3t-value')
  })

  test('requires the issuer, also when the endpoint is given', () => {
    const options = { issuer: undefined, endpoint: `${issuer}/introspect` }
    expect(() => resolve({ jwks: { keys: [publicJwk] } }, options)).toThrow(/^response\.jwt: needs the issuer/)
  })

  test('requires an audience when the client authentication has no identifier', () => {
    const nameless = { clientAuthentication: { method: 'x', clientId: undefined, authenticate: () => undefined } }
    expect(() => resolve({}, nameless)).toThrow(/^response\.jwt\.audience:/)
    expect(resolve({ audience: 'urn:orders' }, nameless).response.jwt?.audience).toBe('urn:orders')
  })

  test('accepts a private key in every form, and reads the lists once', () => {
    const decryptionKeys = [pair.privateKey, privateJwk].map((key) => ({ alg: 'ECDH-ES', kid: 'x', key }))
    const jwks = { keys: [publicJwk] }
    const { jwt } = resolve({ decryptionKeys, jwks }).response
    decryptionKeys.pop()
    jwks.keys.pop()
    expect(jwt?.findDecryptionKeys()).toHaveLength(2)
  })
})
