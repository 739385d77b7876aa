/** The algorithms of JWT introspection responses: those with public keys (RFC 9701 §6). */
import type { SignatureAlgorithm } from '@token-introspection/core'

/** The `alg` of an answer that can be verified. */
export type JwtResponseAlgorithm = SignatureAlgorithm

export {
  CONTENT_ENCRYPTION_ALGORITHMS,
  FAPI2_SIGNATURE_ALGORITHMS,
  KEY_MANAGEMENT_ALGORITHMS,
  type KeyManagementAlgorithm,
  SIGNATURE_ALGORITHMS,
} from '@token-introspection/core'
