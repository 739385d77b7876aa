/** The key of a protected resource that its answers are encrypted for (RFC 9701 §6). */
import { CONTENT_ENCRYPTION_ALGORITHMS, isBoundedKey, KEY_MANAGEMENT_ALGORITHMS } from '@token-introspection/core'
import type { JSONWebKeySet, JWK } from 'jose'

/**
 * The `alg` of an encrypted answer: everything that encrypts for a public key. What takes a shared secret is not among
 * them, because a protected resource registers keys and none of its secrets is one; `RSA1_5` is broken.
 */
export type ResponseEncryptionAlg = (typeof RESPONSE_ENCRYPTION_ALGS)[number]

/** Every algorithm, by its registered name. */
export const RESPONSE_ENCRYPTION_ALGS = KEY_MANAGEMENT_ALGORITHMS

/** The `enc` of an encrypted answer. */
export type ResponseEncryptionEnc = (typeof RESPONSE_ENCRYPTION_ENCS)[number]

/** Every content encryption, by its registered name. */
export const RESPONSE_ENCRYPTION_ENCS = CONTENT_ENCRYPTION_ALGORITHMS

/** The content encryption unless another is registered (RFC 9701 §6). */
export const DEFAULT_ENCRYPTION_ENC: ResponseEncryptionEnc = 'A128CBC-HS256'

const EC_CURVES: readonly unknown[] = ['P-256', 'P-384', 'P-521']
/** Base64url characters of a modulus of 2048 bits, the least there may be (RFC 7518 §4.3). */
const MIN_MODULUS_LENGTH = 342

/**
 * The key of a set to encrypt for: one that says it is for this before one that only does not say otherwise. A set is
 * what its owner published, so a key that does not fit is passed over, whatever is wrong with it.
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
  // Public keys of a key agreement do nothing by themselves, and their key_ops may well be empty.
  return kty === 'EC' ? EC_CURVES.includes(crv) : kty === 'OKP' && crv === 'X25519'
}
