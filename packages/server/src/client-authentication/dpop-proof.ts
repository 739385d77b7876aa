/** A DPoP proof beside the access token of a caller (RFC 9449 §4.3). */
import type { JWTPayload } from 'jose'
import { loadJose } from '../keys/load-jose.ts'
import { isFirstUse, type ReplayStep } from './remember-use.ts'

/** What proofs are held against. */
export interface DpopStep {
  /** The URL callers use, without query and fragment; never read from the request. */
  readonly endpoint: string | undefined
  readonly algorithms: readonly string[]
  /** Seconds around now in which `iat` must lie. */
  readonly maxAgeSeconds: number
}

/** What a proof has to be about. */
interface Proven {
  /** The thumbprint of the key that the token is bound to. */
  readonly jkt: string
  /** The digest of the token. */
  readonly ath: string
  readonly nowMs: number
}

/** Characters a proof may have, and its `jti`. */
const MAX_LENGTH = 8192
const MAX_JTI_LENGTH = 512
/** The form of one compact JWS; two fields joined by a comma have another. */
const COMPACT_JWS = /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$/

/** What is wrong with a proof; `undefined` when nothing is, and then it is used up. */
export async function validateDpopProof(
  proof: string,
  { jkt, ath, nowMs }: Proven,
  dpop: DpopStep,
  replay: ReplayStep,
): Promise<string | undefined> {
  if (proof.length > MAX_LENGTH || !COMPACT_JWS.test(proof)) return 'it is not one JWT'
  const verified = await verifySignature(proof, dpop, nowMs)
  if (verified === undefined) return 'its type, algorithm, key or signature is wrong'
  const { payload, thumbprint } = verified
  if (thumbprint !== jkt) return 'its key is not the one the token is bound to'
  if (payload['ath'] !== ath) return 'ath is another'
  if (payload['htm'] !== 'POST') return 'htm is another'
  if (dpop.endpoint === undefined || normalizeUrl(payload['htu']) !== normalizeUrl(dpop.endpoint)) {
    return 'htu is another'
  }
  const { iat, jti } = payload
  if (typeof iat !== 'number' || Math.abs(nowMs / 1000 - iat) > dpop.maxAgeSeconds) return 'iat is not now'
  if (typeof jti !== 'string' || jti === '' || jti.length > MAX_JTI_LENGTH) return 'jti is missing'
  const isFirst = await isFirstUse(['dpop', jkt, jti], iat + dpop.maxAgeSeconds + 1, replay)
  return isFirst ? undefined : 'it was used before'
}

interface VerifiedProof {
  readonly payload: JWTPayload
  readonly thumbprint: string
}

async function verifySignature(proof: string, dpop: DpopStep, nowMs: number): Promise<VerifiedProof | undefined> {
  const { calculateJwkThumbprint, EmbeddedJWK, jwtVerify } = await loadJose()
  try {
    const { payload, protectedHeader } = await jwtVerify(proof, EmbeddedJWK, {
      typ: 'dpop+jwt',
      algorithms: [...dpop.algorithms],
      currentDate: new Date(nowMs),
    })
    // A private key in the header is a mistake that must not pass (RFC 9449 §4.3, 7).
    if (protectedHeader.jwk === undefined || 'd' in protectedHeader.jwk) return undefined
    return { payload, thumbprint: await calculateJwkThumbprint(protectedHeader.jwk) }
  } catch {
    return undefined
  }
}

/** A URL without query and fragment, as RFC 3986 §6.2 normalizes (RFC 9449 §4.3, 9). */
function normalizeUrl(value: unknown): string | undefined {
  if (typeof value !== 'string' || !URL.canParse(value)) return undefined
  const { origin, pathname } = new URL(value)
  return `${origin}${pathname}`
}
