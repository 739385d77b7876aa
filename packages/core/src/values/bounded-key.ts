/** How costly a public key may be: what verifies with an RSA key takes time that grows with the square of its size. */

/** Bits an RSA modulus may have. */
export const MAX_RSA_BITS = 4096
/** Bits an RSA exponent may have. Nearly all are 65537. */
const MAX_EXPONENT_BITS = 64

/**
 * Whether a public JWK costs no more than it has to: its RSA modulus has at most 4096 bits and its exponent at most 64. Keys of
 * other types have sizes of their own. A key from another party that is larger is not used, because whoever registers or
 * publishes it could have every signature cost many times as much.
 */
export function isBoundedKey(jwk: { readonly kty?: unknown; readonly n?: unknown; readonly e?: unknown }): boolean {
  return jwk.kty !== 'RSA' || (isAtMost(jwk.n, MAX_RSA_BITS) && isAtMost(jwk.e, MAX_EXPONENT_BITS))
}

/** By the characters of base64url, of which each has six bits. */
function isAtMost(value: unknown, bits: number): boolean {
  return typeof value === 'string' && value.length <= Math.ceil((Math.ceil(bits / 8) * 8) / 6)
}
