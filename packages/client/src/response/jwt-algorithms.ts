/** The algorithms of JWT introspection responses: those with public keys (RFC 9701 §6, RFC 7518, RFC 8037, RFC 9864). */

/**
 * The `alg` of an answer that can be verified. `none` and the algorithms with a shared secret are not among them: the
 * first signs nothing, and with the second a public key would do for a secret (RFC 8725 §3.1, §3.2).
 */
export type JwtResponseAlgorithm = (typeof SIGNATURE_ALGORITHMS)[number]

/** Every signature algorithm, by its registered name. `EdDSA` and `Ed25519` are two names of one. */
export const SIGNATURE_ALGORITHMS = [
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
] as const

/** What FAPI 2.0 leaves of them (FAPI 2.0 Security Profile §5.4.1). */
export const FAPI2_SIGNATURE_ALGORITHMS: readonly JwtResponseAlgorithm[] = ['PS256', 'ES256', 'EdDSA', 'Ed25519']

/**
 * The `alg` of an answer that can be decrypted. Nothing with a shared secret or a password, and not `RSA1_5`, which is
 * broken (RFC 8725 §3.2).
 */
export type KeyManagementAlgorithm = (typeof KEY_MANAGEMENT_ALGORITHMS)[number]

/** Every key management algorithm, by its registered name. */
export const KEY_MANAGEMENT_ALGORITHMS = [
  'RSA-OAEP',
  'RSA-OAEP-256',
  'RSA-OAEP-384',
  'RSA-OAEP-512',
  'ECDH-ES',
  'ECDH-ES+A128KW',
  'ECDH-ES+A192KW',
  'ECDH-ES+A256KW',
] as const

/** Every content encryption, by its registered name. */
export const CONTENT_ENCRYPTION_ALGORITHMS = [
  'A128CBC-HS256',
  'A192CBC-HS384',
  'A256CBC-HS512',
  'A128GCM',
  'A192GCM',
  'A256GCM',
] as const
