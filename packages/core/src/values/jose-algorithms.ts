/** The JOSE algorithms for public keys, by their registered names (RFC 7518, RFC 8037, RFC 9864). */

/**
 * Signature algorithms with a key pair. `none` is missing because it signs nothing. Algorithms with a shared secret are
 * missing because a public key could be used as the secret (RFC 8725 §3.1, §3.2). `EdDSA` and `Ed25519` are two names
 * for one algorithm.
 */
export const SIGNATURE_ALGORITHMS = Object.freeze([
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
] as const)

/** One of {@link SIGNATURE_ALGORITHMS}. */
export type SignatureAlgorithm = (typeof SIGNATURE_ALGORITHMS)[number]

/** The signature algorithms that FAPI 2.0 allows (FAPI 2.0 Security Profile §5.4.1). */
export const FAPI2_SIGNATURE_ALGORITHMS = Object.freeze(['PS256', 'ES256', 'EdDSA', 'Ed25519'] as const)

/**
 * Key management algorithms that encrypt to a public key. Algorithms with a shared secret or a password are missing,
 * and so is `RSA1_5`, which is broken (RFC 8725 §3.2).
 */
export const KEY_MANAGEMENT_ALGORITHMS = Object.freeze([
  'RSA-OAEP',
  'RSA-OAEP-256',
  'RSA-OAEP-384',
  'RSA-OAEP-512',
  'ECDH-ES',
  'ECDH-ES+A128KW',
  'ECDH-ES+A192KW',
  'ECDH-ES+A256KW',
] as const)

/** One of {@link KEY_MANAGEMENT_ALGORITHMS}. */
export type KeyManagementAlgorithm = (typeof KEY_MANAGEMENT_ALGORITHMS)[number]

/** Content encryption algorithms. */
export const CONTENT_ENCRYPTION_ALGORITHMS = Object.freeze([
  'A128CBC-HS256',
  'A192CBC-HS384',
  'A256CBC-HS512',
  'A128GCM',
  'A192GCM',
  'A256GCM',
] as const)

/** One of {@link CONTENT_ENCRYPTION_ALGORITHMS}. */
export type ContentEncryptionAlgorithm = (typeof CONTENT_ENCRYPTION_ALGORITHMS)[number]
