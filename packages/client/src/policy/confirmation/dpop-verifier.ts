/** Step `policy`: verifies the DPoP proof of a token that is bound to a key (RFC 9449 §4.3, §7). */
import { type Complaint, describeComplaint, withoutData } from '@token-introspection/core'
import { type DpopProof, verifyDpopProof } from '@token-introspection/core/dpop'
import { sha256 } from '#crypto'
import { PolicyReplayStoreError } from '../../errors.ts'
import { loadJose } from '../../keys/load-jose.ts'
import type { ConfirmationOutcome, DpopVerifier } from './confirmation.ts'
import type { DpopStep } from './dpop-options.ts'

/** How long a replay store may take, in milliseconds. */
const REPLAY_DEADLINE_MS = 1000

const NO_HEADERS: Readonly<Record<string, string>> = Object.freeze({})
const NO_PROOF: ConfirmationOutcome = Object.freeze({
  confirmed: false,
  reason: 'proof',
  detail: 'the token is bound to a key, and the request has no DPoP field',
})

/**
 * Creates the verifier of a client. It verifies the proof and returns a function that marks it as used. The guard calls
 * that function after its own checks, so that a proof without a good token takes no room in the replay store.
 */
export function createDpopVerifier(step: DpopStep): DpopVerifier {
  const { algorithms, nonces } = step
  return {
    algorithms,
    async verify(jkt, { request, token }) {
      const field = request.headers.get('dpop')
      if (field === undefined || field === null || field === '') return NO_PROOF
      const expected = {
        jkt,
        ath: await sha256(token),
        method: request.method,
        targetUris: step.targetUris(request),
        nowMs: step.nowMs(),
      }
      const { proof, complaint } = await verifyDpopProof(field, expected, step, await loadJose())
      if (proof === undefined) return refuseProof(complaint)
      const nonce = proof.nonce === undefined ? 'refused' : await nonces?.judge(proof.nonce)
      if (nonces !== undefined && nonce !== 'good' && nonce !== 'ageing') {
        return { confirmed: false, reason: 'nonce', nonce: await nonces.issue() }
      }
      const headers = nonces !== undefined && nonce === 'ageing' ? supplyNonce(await nonces.issue()) : NO_HEADERS
      return { confirmed: true, headers, useProof: () => isFirstUse(jkt, proof, step) }
    },
  }
}

function refuseProof(complaint: Complaint): ConfirmationOutcome {
  return { confirmed: false, reason: 'proof', detail: describeComplaint('DPoP proof', complaint) }
}

/**
 * The nonce must not be cached, because it is for one client (RFC 9449 §8.2). Scripts in browsers must be able to read
 * it (§8).
 */
function supplyNonce(nonce: string): Readonly<Record<string, string>> {
  return { 'dpop-nonce': nonce, 'cache-control': 'no-store', 'access-control-expose-headers': 'DPoP-Nonce' }
}

/**
 * The digest of a `jti` includes the key and the URI, so that nobody can use up the identifiers of others (RFC 9449
 * §11.1). The key is the owner, so that nobody can take the room of others.
 */
async function isFirstUse(
  jkt: string,
  { htu, jti }: DpopProof,
  { replayStore, maxAgeSeconds, leewaySeconds, nowMs }: DpopStep,
): Promise<boolean> {
  const key = await sha256(JSON.stringify(['dpop', jkt, htu, jti]))
  // As long as a proof can be accepted at all, counted from now, so that an error of this clock has no effect.
  const expiresAt = Math.ceil(nowMs() / 1000 + maxAgeSeconds + leewaySeconds + 1)
  try {
    const isNew: unknown = await withinDeadline(replayStore.remember(key, expiresAt, jkt))
    return isNew === true
  } catch (cause) {
    throw new PolicyReplayStoreError('the replay store failed', { cause: withoutData(cause) })
  }
}

function withinDeadline<Value>(answer: Value | Promise<Value>): Promise<Value> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no answer within ${REPLAY_DEADLINE_MS} ms`)), REPLAY_DEADLINE_MS)
    Promise.resolve(answer)
      .then(resolve, reject)
      .finally(() => clearTimeout(timer))
  })
}
