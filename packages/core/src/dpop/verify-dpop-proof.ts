/** The checks of RFC 9449 §4.3 on a DPoP proof that comes with an access token. Both sides use them. */
import { parseJwtPart, splitCompactJws } from '../values/compact-jwt.ts'
import { type Complaint, quote } from '../values/complaint.ts'
import { isBoundedKey } from '../values/bounded-key.ts'
import { equalDigests } from '../values/equal-digests.ts'
import type { JsonObject } from '../values/json-object.ts'
import { normalizeTargetUri } from './normalize-target-uri.ts'

/** Rules for every proof. */
export interface DpopRules {
  /** Accepted signature algorithms, each one with a key pair. */
  readonly algorithms: readonly string[]
  /** The highest accepted age of a proof, in seconds since `iat`. */
  readonly maxAgeSeconds: number
  /** How many seconds `iat` may lie in the future. */
  readonly leewaySeconds: number
}

/** The values that one proof has to match. */
export interface DpopExpectation {
  /** The thumbprint of the key that the token is bound to. */
  readonly jkt: string
  /** The digest of the token (RFC 9449 §4.2). */
  readonly ath: string
  /** The method of the request, unchanged. */
  readonly method: string | undefined
  /**
   * URIs to which the sender may have addressed the request. Never read them from `Host` or another field of the
   * request.
   */
  readonly targetUris: readonly string[]
  /** Milliseconds since the epoch. */
  readonly nowMs: number
}

/** A valid proof. The caller still has to refuse a second use of it and to check its nonce. */
export interface DpopProof {
  readonly jti: string
  readonly iat: number
  /** The normalized URI of the proof. */
  readonly htu: string
  readonly nonce: string | undefined
}

/** Either a valid proof or a complaint, which is meant for a log. */
export type DpopVerdict =
  | { readonly proof: DpopProof; readonly complaint: undefined }
  | { readonly proof: undefined; readonly complaint: Complaint }

/** The functions of the JOSE library that are used here. Pass `import * as jose from 'jose'`. */
export interface DpopJose<KeyFinder> {
  readonly EmbeddedJWK: KeyFinder
  readonly jwtVerify: (
    jwt: string,
    findKey: KeyFinder,
    options: { typ: string; algorithms: string[]; currentDate: Date; clockTolerance: number },
  ) => Promise<{ readonly payload: Readonly<Record<string, unknown>> }>
  readonly calculateJwkThumbprint: (jwk: JsonObject & { kty: string }) => Promise<string>
}

/** The most characters that a proof, and its `jti`, may have. */
const MAX_LENGTH = 8192
const MAX_JTI_LENGTH = 512
/** Members of private and symmetric keys (RFC 7518 §6, RFC 9864). */
const PRIVATE_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k', 'priv']

/** Remedies for rules that the sender alone cannot fix. */
const REMEDIES: Readonly<Record<string, string>> = {
  iat: 'Make the sender create a proof for each request, and compare the clocks of both sides',
  htu: 'Correct the URL at the sender, or the one that is configured here if a proxy changes it',
}

/**
 * Verifies one DPoP proof, except for two checks that need a memory: whether the proof was used before, and whether you
 * issued its nonce.
 *
 * Security: the key in the proof is compared with the key of the token before the signature is verified. So nobody can
 * make the verifier work with a key of their choice. Nothing is read from the network.
 *
 * @param proof - the `DPoP` field, unchanged. Several fields joined by a comma are refused.
 * @returns the proof, or a complaint. The complaint is for a log and must not reach the sender.
 */
export async function verifyDpopProof<KeyFinder>(
  proof: string,
  expected: DpopExpectation,
  rules: DpopRules,
  jose: DpopJose<KeyFinder>,
): Promise<DpopVerdict> {
  // Two fields joined by a comma do not have the form of one JWT.
  const parts = proof.length <= MAX_LENGTH ? splitCompactJws(proof) : undefined
  const header = parts && readHeader(parts.header)
  if (header === undefined) {
    return refuse(
      'form',
      `${proof.length} characters that are not a JWT`,
      `one JWT in the compact form, ${MAX_LENGTH} characters at most`,
    )
  }
  const { alg, jwk } = header
  if (typeof alg !== 'string' || !rules.algorithms.includes(alg)) {
    return refuse('alg', quote(alg), `one of ${rules.algorithms.join(', ')}`)
  }
  const thumbprint = isPublicKey(jwk) ? await thumbprintOf(jwk, jose) : undefined
  // The complaint does not quote `jwk`, because it may hold a private key.
  if (thumbprint === undefined) return refuse('jwk', jwk === undefined ? 'nothing' : 'another value', 'a public key')
  if (!equalDigests(thumbprint, expected.jkt)) {
    return refuse(
      'jwk',
      `a key with the thumbprint ${quote(thumbprint)}`,
      `the key that the token is bound to, ${quote(expected.jkt)}`,
    )
  }
  const payload = await verifySignature(proof, expected.nowMs, rules, jose)
  if (payload === undefined) {
    return refuse(
      'signature',
      `typ ${quote(header['typ'])} and a signature that fails, or exp or nbf not valid now`,
      'typ "dpop+jwt" and a signature by the key in jwk',
    )
  }
  return validateClaims(payload, expected, rules)
}

function validateClaims(
  { ath, htm, htu, iat, jti, nonce }: Readonly<Record<string, unknown>>,
  expected: DpopExpectation,
  { maxAgeSeconds, leewaySeconds }: DpopRules,
): DpopVerdict {
  if (typeof ath !== 'string' || !equalDigests(ath, expected.ath)) {
    return refuse('ath', ath === undefined ? 'nothing' : 'another value', 'the SHA-256 of the access token beside it')
  }
  // Methods are compared with case (RFC 9110 §9.1).
  if (typeof htm !== 'string' || htm !== expected.method) return refuse('htm', quote(htm), quote(expected.method))
  const target = normalizeTargetUri(htu)
  if (target === undefined || !expected.targetUris.some((uri) => normalizeTargetUri(uri) === target)) {
    return refuse(
      'htu',
      quote(htu),
      expected.targetUris.map(quote).join(' or ') || 'a configured URI, but no URI is configured',
    )
  }
  const ageSeconds = typeof iat === 'number' ? expected.nowMs / 1000 - iat : Number.NaN
  if (!(ageSeconds <= maxAgeSeconds && ageSeconds >= -leewaySeconds)) {
    const distance = Number.isFinite(ageSeconds)
      ? `, ${Math.round(Math.abs(ageSeconds))} s ${ageSeconds < 0 ? 'ahead' : 'ago'}`
      : ''
    return refuse('iat', `${quote(iat)}${distance}`, `at most ${maxAgeSeconds} s ago and ${leewaySeconds} s ahead`)
  }
  if (typeof jti !== 'string' || jti === '' || jti.length > MAX_JTI_LENGTH) {
    const got = typeof jti === 'string' ? `a text of ${jti.length} characters` : quote(jti)
    return refuse('jti', got, `a text of 1 to ${MAX_JTI_LENGTH} characters`)
  }
  if (nonce !== undefined && typeof nonce !== 'string') return refuse('nonce', quote(nonce), 'a text, or no nonce')
  return { proof: { jti, iat: iat as number, htu: target, nonce }, complaint: undefined }
}

function readHeader(header: string): JsonObject | undefined {
  try {
    return parseJwtPart(header)
  } catch {
    return undefined
  }
}

async function thumbprintOf<KeyFinder>(
  jwk: JsonObject & { kty: string },
  jose: DpopJose<KeyFinder>,
): Promise<string | undefined> {
  try {
    return await jose.calculateJwkThumbprint(jwk)
  } catch {
    return undefined
  }
}

/** Accepts public keys only. A private key in the header is a mistake, and the proof is refused (RFC 9449 §4.3). */
function isPublicKey(jwk: unknown): jwk is JsonObject & { kty: string } {
  if (typeof jwk !== 'object' || jwk === null || typeof (jwk as JsonObject)['kty'] !== 'string') return false
  return !PRIVATE_MEMBERS.some((name) => name in jwk) && isBoundedKey(jwk)
}

async function verifySignature<KeyFinder>(
  proof: string,
  nowMs: number,
  { algorithms, leewaySeconds }: DpopRules,
  { EmbeddedJWK, jwtVerify }: DpopJose<KeyFinder>,
): Promise<Readonly<Record<string, unknown>> | undefined> {
  try {
    const { payload } = await jwtVerify(proof, EmbeddedJWK, {
      typ: 'dpop+jwt',
      algorithms: [...algorithms],
      currentDate: new Date(nowMs),
      clockTolerance: leewaySeconds,
    })
    return payload
  } catch {
    return undefined
  }
}

function refuse(rule: string, got: string, expected: string): DpopVerdict {
  const remedy = REMEDIES[rule] ?? 'Change it at the sender of the proof (RFC 9449 §4.2)'
  return { proof: undefined, complaint: { rule, got, expected, remedy } }
}
