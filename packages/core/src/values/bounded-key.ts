/** Limits the cost of a public key. The time to verify an RSA signature grows with the square of the key size. */

/** The most bits of an RSA modulus. */
export const MAX_RSA_BITS = 4096
/** The most bits of an RSA exponent. Nearly all keys use 65537. */
const MAX_EXPONENT_BITS = 64

/**
 * Whether a public JWK is small enough to use: an RSA modulus of at most 4096 bits and an exponent of at most 64 bits.
 * Other key types have fixed sizes. Security: the party that registers or publishes a key chooses its size. Without
 * this limit, that party could make every verification many times as expensive.
 */
export function isBoundedKey(jwk: { readonly kty?: unknown; readonly n?: unknown; readonly e?: unknown }): boolean {
  return jwk.kty !== 'RSA' || (isAtMost(jwk.n, MAX_RSA_BITS) && isAtMost(jwk.e, MAX_EXPONENT_BITS))
}

/** Counted in base64url characters of six bits each. */
function isAtMost(value: unknown, bits: number): boolean {
  return typeof value === 'string' && value.length <= Math.ceil((Math.ceil(bits / 8) * 8) / 6)
}
