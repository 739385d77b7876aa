/** The JOSE algorithms that public keys are for, by their registered names (RFC 7518, RFC 8037, RFC 9864). */

/**
 * Signature algorithms with a key pair. `none` and those with a shared secret are not among them: the first signs
 * nothing, and with the second a public key would do for a secret (RFC 8725 §3.1, §3.2). `EdDSA` and `Ed25519` are two
 * names of one.
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

/** What FAPI 2.0 leaves of them (FAPI 2.0 Security Profile §5.4.1). */
export const FAPI2_SIGNATURE_ALGORITHMS = Object.freeze(['PS256', 'ES256', 'EdDSA', 'Ed25519'] as const)

/**
 * Key management algorithms that encrypt for a public key. Nothing with a shared secret or a password, and not `RSA1_5`,
 * which is broken (RFC 8725 §3.2).
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
