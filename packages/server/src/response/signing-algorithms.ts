/** The algorithms that answers can be signed with: the asymmetric ones of JWS (RFC 9701 §6, RFC 7518 §3, RFC 9864). */
import { FAPI2_SIGNATURE_ALGORITHMS, SIGNATURE_ALGORITHMS } from '@token-introspection/core'

/**
 * The `alg` of a signed answer. `none` is not allowed, because it signs nothing. Algorithms with a shared secret are not allowed,
 * because everyone who can verify an answer could also make one (RFC 8725 §3.1).
 *
 * `EdDSA` and `Ed25519` are two names of one algorithm. `Ed25519` is the fully specified name. ML-DSA works if the runtime
 * supports it.
 */
export type ResponseSigningAlg = (typeof RESPONSE_SIGNING_ALGS)[number]

/** Every algorithm, by its registered name. */
export const RESPONSE_SIGNING_ALGS = [...SIGNATURE_ALGORITHMS, 'ML-DSA-44', 'ML-DSA-65', 'ML-DSA-87'] as const

/** The algorithms that FAPI 2.0 allows (FAPI 2.0 Security Profile §5.4.1). */
export const FAPI2_SIGNING_ALGS: readonly ResponseSigningAlg[] = FAPI2_SIGNATURE_ALGORITHMS

/** The shortest allowed RSA modulus, in bits (RFC 7518 §3.3). */
export const MIN_RSA_BITS = 2048

/** How an algorithm works, and which keys it needs. */
export interface SigningAlgorithm {
  /** `kty` and `crv` of its JWKs. */
  readonly kty: string
  readonly crv?: string
  /** The type of its keys in a KeyObject, and their curve. */
  readonly asymmetricKeyType: string
  readonly asymmetricKeyCurve?: string
  /** Its parameters in WebCrypto, to import a key and to sign. */
  readonly importing: { readonly name: string; readonly hash?: string; readonly namedCurve?: string }
  readonly signing: { readonly name: string; readonly hash?: string; readonly saltLength?: number }
  /** The octets of a signature. `undefined` for RSA, where the key decides. */
  readonly signatureBytes: number | undefined
}

const ED25519 = okp('Ed25519', 64)

/** The details of each algorithm. */
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
