import type { JWK } from 'jose'
import { describe, expect, test } from 'vitest'
import { chooseEncryptionKey, RESPONSE_ENCRYPTION_ALGS } from './encryption-key.ts'

const ec = { kty: 'EC', crv: 'P-256', x: 'x', y: 'y' }
const rsa = { kty: 'RSA', n: 'n'.repeat(342), e: 'AQAB' }
const x25519 = { kty: 'OKP', crv: 'X25519', x: 'x' }

function choose(alg: (typeof RESPONSE_ENCRYPTION_ALGS)[number], ...keys: unknown[]): unknown {
  return chooseEncryptionKey({ keys: keys as JWK[] }, alg)
}

describe('chooseEncryptionKey', () => {
  test.each(RESPONSE_ENCRYPTION_ALGS)('chooses a key of the type that %s needs', (alg) => {
    expect(choose(alg, ec, rsa)).toBe(alg.startsWith('RSA') ? rsa : ec)
    expect(choose(alg, rsa, x25519)).toBe(alg.startsWith('RSA') ? rsa : x25519)
  })

  test.each([
    ['for the algorithm', { ...ec, alg: 'ECDH-ES' }],
    ['for encryption', { ...ec, use: 'enc' }],
  ])('prefers a key that says it is %s', (_, stated) => {
    expect(choose('ECDH-ES', ec, stated)).toBe(stated)
  })

  test.each([
    ['a public key of a key agreement with no operations', { ...ec, key_ops: [] }],
    ['a key with a private part, which is ignored', { ...ec, d: 'd' }],
  ])('takes %s', (_, key) => {
    expect(choose('ECDH-ES+A256KW', key)).toBe(key)
  })

  test.each([
    ['a signing key', 'ECDH-ES', { ...ec, use: 'sig' }],
    ['a key for another algorithm', 'ECDH-ES', { ...ec, alg: 'ECDH-ES+A128KW' }],
    ['a key for signatures by its algorithm', 'ECDH-ES', { ...ec, alg: 'ES256' }],
    ['a curve only for signatures', 'ECDH-ES', { kty: 'OKP', crv: 'Ed25519', x: 'x' }],
    ['an unsupported curve', 'ECDH-ES', { ...ec, crv: 'secp256k1' }],
    ['a shared secret', 'ECDH-ES', { kty: 'oct', k: 'k' }],
    ['a shared secret', 'RSA-OAEP', { kty: 'oct', k: 'k' }],
    ['an RSA key only for verification', 'RSA-OAEP', { ...rsa, key_ops: ['verify'] }],
    ['an RSA key of 1024 bits', 'RSA-OAEP', { ...rsa, n: 'n'.repeat(171) }],
    ['an RSA key without a modulus', 'RSA-OAEP', { kty: 'RSA' }],
    ['a value that is not a key', 'RSA-OAEP', null],
  ] as const)('skips %s', (_, alg, key) => {
    expect(choose(alg, key)).toBeUndefined()
  })

  test.each([{}, { keys: 'ec' }, { keys: { 0: ec } }])('finds nothing in the set %j', (set) => {
    expect(chooseEncryptionKey(set as { keys: JWK[] }, 'ECDH-ES')).toBeUndefined()
  })
})
