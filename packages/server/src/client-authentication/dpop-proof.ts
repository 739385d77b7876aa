/** A DPoP proof that comes with the access token of a caller (RFC 9449 §4.3). */
import type { Complaint } from '@token-introspection/core'
import { verifyDpopProof } from '@token-introspection/core/dpop'
import { loadJose } from '../keys/load-jose.ts'
import { isFirstUse, type ReplayStep } from './remember-use.ts'

/** The rules for proofs. */
export interface DpopStep {
  /** The URL that callers use, without query and fragment. It never comes from the request. */
  readonly endpoint: string | undefined
  readonly algorithms: readonly string[]
  /** How far `iat` may be from now, in seconds. */
  readonly maxAgeSeconds: number
}

/** The values that a proof must contain. */
interface Proven {
  /** The thumbprint of the key that the token is bound to. */
  readonly jkt: string
  /** The digest of the token. */
  readonly ath: string
  readonly nowMs: number
}

/** A valid proof whose use is not recorded yet. */
export interface UnusedProof {
  /** Records the use in the share of a caller. `false` when the proof was used before. */
  readonly use: (caller: string) => Promise<boolean>
}

/** Validates a proof. Returns the proof, or the rule that it breaks. */
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
