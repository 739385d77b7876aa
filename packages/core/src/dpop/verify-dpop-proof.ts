/** What a DPoP proof beside an access token must be, whoever checks it (RFC 9449 §4.3). */
import { parseJwtPart, splitCompactJws } from '../values/compact-jwt.ts'
import { equalDigests } from '../values/equal-digests.ts'
import type { JsonObject } from '../values/json-object.ts'
import { normalizeTargetUri } from './normalize-target-uri.ts'

/** What proofs must be, whatever they are for. */
export interface DpopRules {
  /** Signature algorithms that are taken: names of algorithms with a key pair. */
  readonly algorithms: readonly string[]
  /** Seconds since `iat`, at most. */
  readonly maxAgeSeconds: number
  /** Seconds by which `iat` may lie ahead. */
  readonly leewaySeconds: number
}

/** What one proof has to be about. */
export interface DpopExpectation {
  /** The thumbprint of the key that the token is bound to. */
  readonly jkt: string
  /** The digest of the token (RFC 9449 §4.2). */
  readonly ath: string
  /** The method of the request as it came. */
  readonly method: string | undefined
  /** By which URIs the request may have been sent; never read from `Host` or any other field of it. */
  readonly targetUris: readonly string[]
  /** Milliseconds since the epoch. */
  readonly nowMs: number
}

/** A proof that holds, and what is still to be done about it: it is good once, and may have to carry a nonce. */
export interface DpopProof {
  readonly jti: string
  readonly iat: number
  /** The URI it is for, normalized. */
  readonly htu: string
  readonly nonce: string | undefined
}

/** A proof that holds, or what is wrong with it, for a log. */
export type DpopVerdict =
  | { readonly proof: DpopProof; readonly complaint: undefined }
  | { readonly proof: undefined; readonly complaint: string }

/** What is used of a JOSE library: `import * as jose from 'jose'` has it. */
export interface DpopJose<KeyFinder> {
  readonly EmbeddedJWK: KeyFinder
  readonly jwtVerify: (
    jwt: string,
    findKey: KeyFinder,
    options: { typ: string; algorithms: string[]; currentDate: Date; clockTolerance: number },
  ) => Promise<{ readonly payload: Readonly<Record<string, unknown>> }>
  readonly calculateJwkThumbprint: (jwk: JsonObject & { kty: string }) => Promise<string>
}

/** Characters a proof may have, and its `jti`. */
const MAX_LENGTH = 8192
const MAX_JTI_LENGTH = 512
/** Members of private and symmetric keys (RFC 7518 §6, RFC 9864). */
const PRIVATE_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k', 'priv']

/**
 * Verifies one proof, but for what takes a memory: whether it was used before, and whether its nonce is one of yours.
 *
 * The key is compared with the token's before its signature is verified, so that nobody has a signature verified by a key
 * of their choice. Nothing is read from the network.
 *
 * @param proof - the `DPoP` field as it came; several of them joined by a comma are no proof.
 * @returns the proof, or a complaint that is meant for a log and not for the sender.
 */
export async function verifyDpopProof<KeyFinder>(
  proof: string,
  expected: DpopExpectation,
  rules: DpopRules,
  jose: DpopJose<KeyFinder>,
): Promise<DpopVerdict> {
  // Two fields joined by a comma have another form.
  const parts = proof.length <= MAX_LENGTH ? splitCompactJws(proof) : undefined
  if (parts === undefined) return refuse('it is not one JWT in the compact form')
  const thumbprint = await thumbprintOf(parts.header, rules, jose)
  if (thumbprint === undefined) return refuse('its algorithm or key is wrong')
  if (!equalDigests(thumbprint, expected.jkt)) return refuse('its key is not the one the token is bound to')
  const payload = await verifySignature(proof, expected.nowMs, rules, jose)
  return payload === undefined ? refuse('its type or signature is wrong') : validateClaims(payload, expected, rules)
}

function validateClaims(
  { ath, htm, htu, iat, jti, nonce }: Readonly<Record<string, unknown>>,
  expected: DpopExpectation,
  { maxAgeSeconds, leewaySeconds }: DpopRules,
): DpopVerdict {
  if (typeof ath !== 'string' || !equalDigests(ath, expected.ath)) return refuse('ath is another')
  // Methods are compared with case (RFC 9110 §9.1).
  if (typeof htm !== 'string' || htm !== expected.method) return refuse('htm is another')
  const target = normalizeTargetUri(htu)
  if (target === undefined || !expected.targetUris.some((uri) => normalizeTargetUri(uri) === target)) {
    return refuse('htu is another')
  }
  const ageSeconds = typeof iat === 'number' ? expected.nowMs / 1000 - iat : Number.NaN
  if (!(ageSeconds <= maxAgeSeconds && ageSeconds >= -leewaySeconds)) return refuse('iat is not now')
  if (typeof jti !== 'string' || jti === '' || jti.length > MAX_JTI_LENGTH) return refuse('jti is missing')
  if (nonce !== undefined && typeof nonce !== 'string') return refuse('nonce is no text')
  return { proof: { jti, iat: iat as number, htu: target, nonce }, complaint: undefined }
}

async function thumbprintOf<KeyFinder>(
  header: string,
  { algorithms }: DpopRules,
  jose: DpopJose<KeyFinder>,
): Promise<string | undefined> {
  try {
    const { alg, jwk } = parseJwtPart(header)
    if (typeof alg !== 'string' || !algorithms.includes(alg) || !isPublicKey(jwk)) return undefined
    return await jose.calculateJwkThumbprint(jwk)
  } catch {
    return undefined
  }
}

/** A private key in the header is a mistake that must not pass (RFC 9449 §4.3). */
function isPublicKey(jwk: unknown): jwk is JsonObject & { kty: string } {
  if (typeof jwk !== 'object' || jwk === null || typeof (jwk as JsonObject)['kty'] !== 'string') return false
  return !PRIVATE_MEMBERS.some((name) => name in jwk)
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

function refuse(complaint: string): DpopVerdict {
  return { proof: undefined, complaint }
}
