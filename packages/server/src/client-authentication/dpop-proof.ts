/** A DPoP proof beside the access token of a caller (RFC 9449 §4.3). */
import type { Complaint } from '@token-introspection/core'
import { verifyDpopProof } from '@token-introspection/core/dpop'
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

/** A proof that is right and still to be used up. */
export interface UnusedProof {
  /** Uses it up in the share of a caller; `false` when it was used before. */
  readonly use: (caller: string) => Promise<boolean>
}

/** The proof, or what is wrong with it. */
export async function validateDpopProof(
  proof: string,
  proven: Proven,
  { endpoint, algorithms, maxAgeSeconds }: DpopStep,
  replay: ReplayStep,
): Promise<UnusedProof | Complaint> {
  const expected = { ...proven, method: 'POST', targetUris: endpoint === undefined ? [] : [endpoint] }
  const rules = { algorithms, maxAgeSeconds, leewaySeconds: maxAgeSeconds }
  const { proof: verified, complaint } = await verifyDpopProof(proof, expected, rules, await loadJose())
  if (verified === undefined) return complaint
  const { jti, iat } = verified
  return {
    use: (caller) => isFirstUse(caller, ['dpop', proven.jkt, jti], iat + maxAgeSeconds + 1, replay),
  }
}
