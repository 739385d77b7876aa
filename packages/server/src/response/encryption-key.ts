/** Chooses the key that encrypts the answers of a protected resource (RFC 9701 §6). */
import { CONTENT_ENCRYPTION_ALGORITHMS, isBoundedKey, KEY_MANAGEMENT_ALGORITHMS } from '@token-introspection/core'
import type { JSONWebKeySet, JWK } from 'jose'

/**
 * The `alg` of an encrypted answer: every algorithm with a public key. Algorithms with a shared secret are not allowed, because a
 * protected resource registers public keys. `RSA1_5` is broken.
 */
export type ResponseEncryptionAlg = (typeof RESPONSE_ENCRYPTION_ALGS)[number]

/** Every algorithm, by its registered name. */
export const RESPONSE_ENCRYPTION_ALGS = KEY_MANAGEMENT_ALGORITHMS

/** The `enc` of an encrypted answer. */
export type ResponseEncryptionEnc = (typeof RESPONSE_ENCRYPTION_ENCS)[number]

/** Every content encryption, by its registered name. */
export const RESPONSE_ENCRYPTION_ENCS = CONTENT_ENCRYPTION_ALGORITHMS

/** The default content encryption (RFC 9701 §6). */
export const DEFAULT_ENCRYPTION_ENC: ResponseEncryptionEnc = 'A128CBC-HS256'

const EC_CURVES: readonly unknown[] = ['P-256', 'P-384', 'P-521']
/** The length in base64url of a modulus of 2048 bits, the shortest allowed (RFC 7518 §4.3). */
const MIN_MODULUS_LENGTH = 342

/**
 * Chooses a key of a set for encryption: first a key that says it is for this, then a key that does not say otherwise. The owner
 * published the set, so an unsuitable key is skipped, whatever is wrong with it.
 */
export function chooseEncryptionKey({ keys }: JSONWebKeySet, alg: ResponseEncryptionAlg): JWK | undefined {
  if (!Array.isArray(keys)) return undefined
  const fitting = keys.filter((key: JWK | null) => typeof key === 'object' && key !== null && fits(key, alg))
  return fitting.find((key) => key.alg === alg) ?? fitting.find((key) => key.use === 'enc') ?? fitting[0]
}

function fits(key: JWK, alg: ResponseEncryptionAlg): boolean {
  const { kty, crv, n, use, alg: only, key_ops } = key
  if ((use ?? 'enc') !== 'enc' || (only ?? alg) !== alg) return false
  if (alg.startsWith('RSA')) {
    if (kty !== 'RSA' || typeof n !== 'string' || n.length < MIN_MODULUS_LENGTH || !isBoundedKey(key)) return false
    return key_ops === undefined || key_ops.includes('wrapKey') || key_ops.includes('encrypt')
  }
  // Public keys for a key agreement have no operation of their own, so their key_ops may be empty.
  return kty === 'EC' ? EC_CURVES.includes(crv) : kty === 'OKP' && crv === 'X25519'
}
