/** The algorithms that answers can be signed with: the asymmetric ones of JWS (RFC 9701 §6, RFC 7518 §3, RFC 9864). */
import { FAPI2_SIGNATURE_ALGORITHMS, SIGNATURE_ALGORITHMS } from '@token-introspection/core'

/**
 * The `alg` of a signed answer. `none` and the algorithms with a shared secret are not among them: the first signs
 * nothing, and with the second everyone who can check an answer can also make one (RFC 8725 §3.1).
 *
 * `EdDSA` and `Ed25519` are two names of one algorithm, the second being the one that says everything. ML-DSA works where
 * the runtime has it.
 */
export type ResponseSigningAlg = (typeof RESPONSE_SIGNING_ALGS)[number]

/** Every algorithm, by its registered name. */
export const RESPONSE_SIGNING_ALGS = [...SIGNATURE_ALGORITHMS, 'ML-DSA-44', 'ML-DSA-65', 'ML-DSA-87'] as const

/** What FAPI 2.0 leaves of them (FAPI 2.0 Security Profile §5.4.1). */
export const FAPI2_SIGNING_ALGS: readonly ResponseSigningAlg[] = FAPI2_SIGNATURE_ALGORITHMS

/** The least an RSA modulus may have, in bits (RFC 7518 §3.3). */
export const MIN_RSA_BITS = 2048

/** How an algorithm is done, and by which keys. */
export interface SigningAlgorithm {
  /** `kty` and `crv` of its JWKs. */
  readonly kty: string
  readonly crv?: string
  /** What a KeyObject calls the type of its keys, and their curve. */
  readonly asymmetricKeyType: string
  readonly asymmetricKeyCurve?: string
  /** What WebCrypto calls it, when a key is read and when it signs. */
  readonly importing: { readonly name: string; readonly hash?: string; readonly namedCurve?: string }
  readonly signing: { readonly name: string; readonly hash?: string; readonly saltLength?: number }
  /** Octets of a signature; those of RSA depend on the key. */
  readonly signatureBytes: number | undefined
}

const ED25519 = okp('Ed25519', 64)

/** How each algorithm is done. */
export const SIGNING_ALGORITHMS: Readonly<Record<ResponseSigningAlg, SigningAlgorithm>> = {
  RS256: rsa('RSASSA-PKCS1-v1_5', 256),
  RS384: rsa('RSASSA-PKCS1-v1_5', 384),
  RS512: rsa('RSASSA-PKCS1-v1_5', 512),
  PS256: rsa('RSA-PSS', 256),
  PS384: rsa('RSA-PSS', 384),
  PS512: rsa('RSA-PSS', 512),
  ES256: ecdsa('P-256', 'prime256v1', 256, 64),
  ES384: ecdsa('P-384', 'secp384r1', 384, 96),
  ES512: ecdsa('P-521', 'secp521r1', 512, 132),
  EdDSA: ED25519,
  Ed25519: ED25519,
  'ML-DSA-44': mlDsa('ML-DSA-44', 2420),
  'ML-DSA-65': mlDsa('ML-DSA-65', 3309),
  'ML-DSA-87': mlDsa('ML-DSA-87', 4627),
}

function rsa(name: string, bits: number): SigningAlgorithm {
  const hash = `SHA-${bits}`
  const signing = name === 'RSA-PSS' ? { name, saltLength: bits / 8 } : { name }
  return { kty: 'RSA', asymmetricKeyType: 'rsa', importing: { name, hash }, signing, signatureBytes: undefined }
}

function ecdsa(crv: string, asymmetricKeyCurve: string, bits: number, signatureBytes: number): SigningAlgorithm {
  const name = 'ECDSA'
  return {
    kty: 'EC',
    crv,
    asymmetricKeyType: 'ec',
    asymmetricKeyCurve,
    importing: { name, namedCurve: crv },
    signing: { name, hash: `SHA-${bits}` },
    signatureBytes,
  }
}

function okp(name: string, signatureBytes: number): SigningAlgorithm {
  const algorithm = { name }
  return {
    kty: 'OKP',
    crv: name,
    asymmetricKeyType: name.toLowerCase(),
    importing: algorithm,
    signing: algorithm,
    signatureBytes,
  }
}

function mlDsa(name: string, signatureBytes: number): SigningAlgorithm {
  const algorithm = { name }
  return {
    kty: 'AKP',
    asymmetricKeyType: name.toLowerCase(),
    importing: algorithm,
    signing: algorithm,
    signatureBytes,
  }
}
