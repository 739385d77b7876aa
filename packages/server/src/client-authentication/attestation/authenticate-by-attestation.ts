/** `attest_jwt_client_auth`: whom does a trusted attester attest, and does the request come from it? */
import { quote } from '@token-introspection/core'
import { askDependency } from '../../dependencies/ask-dependency.ts'
import { ClientAuthenticationChallengeError, ClientAuthenticationRegistryError } from '../../errors.ts'
import { loadJose } from '../../keys/load-jose.ts'
import type { ReceivedRequest } from '../../request/read-request.ts'
import { refuseCredentials } from '../complaint.ts'
import { type FindStep, findRegistered } from '../find-registered.ts'
import type { VerifySignature } from '../private-key-jwt.ts'
import type { Registered } from '../registered.ts'
import { isFirstUse, type ReplayStep } from '../remember-use.ts'
import {
  ATTESTATION_FIELD,
  type AttestationChallenges,
  type AttestationStep,
  PROOF_FIELD,
} from './attestation-options.ts'
import { type Attestation, type AttestationProof, readAttestation, readAttestationProof } from './read-attestation.ts'

/** The resolved options of the method. */
export interface AttestationMethodStep<Caller extends Registered> extends FindStep<Caller>, ReplayStep {
  readonly verifySignature: VerifySignature
  /** Milliseconds since the epoch. */
  readonly now: () => number
  /** Throws for a caller without budget, so that its proofs take no room in the replay store. */
  readonly requireBudget: (caller: Caller) => void
}

/**
 * Returns the caller that a trusted attester attests, if the request was made with the attested key. The registry is asked after
 * both signatures are verified, so the answer and its time do not show strangers which identifiers are registered. The replay store
 * records the proof last.
 */
export async function authenticateByAttestation<Caller extends Registered>(
  { form, http }: ReceivedRequest,
  rules: AttestationStep,
  step: AttestationMethodStep<Caller>,
): Promise<Caller> {
  const now = step.now() / 1000
  const attestation = readAttestation(http.header(ATTESTATION_FIELD), rules, now)
  const proof = readAttestationProof(http.header(PROOF_FIELD), rules, now)
  const { clientId } = attestation
  const besideId = form.get('client_id') ?? clientId
  if (besideId !== clientId) {
    throw refuseCredentials('client attestation', {
      rule: 'client_id',
      got: quote(besideId),
      expected: `${quote(clientId)}, as sub says, or no client_id`,
      remedy: 'Change the parameter at the caller',
    })
  }
  await requireTrusted(attestation, rules, step)
  await requirePossession(attestation, proof)
  const caller = await findRegistered(clientId, step)
  // An attester could otherwise speak for callers that never asked for this method.
  if (!caller?.methods?.includes('attest_jwt_client_auth')) {
    throw refuseCredentials('client attestation', {
      rule: 'methods',
      got: quote(clientId),
      expected: 'a registered caller with attest_jwt_client_auth in its methods',
      remedy: 'Register it at this endpoint, or correct sub at the attester',
    })
  }
  step.requireBudget(caller)
  if (rules.challenges !== undefined) await requireChallenge(proof, rules.challenges, step.timeoutMs)
  const instance = await (await loadJose()).calculateJwkThumbprint(attestation.key)
  const forgetAt = proof.iat + rules.maxProofAgeSeconds + rules.clockToleranceSeconds
  if (!(await isFirstUse(clientId, ['client_attestation', instance, proof.jti], forgetAt, step))) {
    throw refuseCredentials('client attestation proof', {
      rule: 'jti',
      got: `a jti that this instance of ${quote(clientId)} used before`,
      expected: 'a new jti',
      remedy:
        'Make the caller create a proof for each request, also for a repeated request. If it does so already, somebody replays its proofs',
    })
  }
  return caller
}

/** The attestation is signed by an attester that has its `iss`, or by any of them if it has none. */
async function requireTrusted(
  attestation: Attestation,
  { attesters }: AttestationStep,
  { verifySignature }: { readonly verifySignature: VerifySignature },
): Promise<void> {
  const { issuer } = attestation
  let unavailable: Error | undefined
  for (const attester of attesters) {
    if (issuer !== undefined && issuer !== attester.issuer) continue
    try {
      if (await verifySignature(attestation, attester)) return
    } catch (error) {
      // Another attester may have signed it.
      unavailable = error as Error
    }
  }
  if (unavailable !== undefined) throw unavailable
  throw refuseCredentials('client attestation', {
    rule: 'signature',
    got: `iss ${quote(issuer)}, and a signature by no key of such an attester`,
    expected: `a signature by one of ${quote(attesters.map((attester) => attester.issuer))}`,
    remedy: 'List the attester in clientAuthentication.attestation.attesters, or correct its keys or issuer there',
  })
}

/** The proof is signed by the attested key. */
async function requirePossession({ key }: Attestation, { jwt, algorithm }: AttestationProof): Promise<void> {
  const { compactVerify, importJWK } = await loadJose()
  try {
    await compactVerify(jwt, await importJWK(key, algorithm), { algorithms: [algorithm] })
  } catch {
    throw refuseCredentials('client attestation proof', {
      rule: 'signature',
      got: `a signature by another key, with alg ${quote(algorithm)}`,
      expected: 'a signature by the key in cnf of the attestation, whose kty and crv fit alg',
      remedy:
        'Make the caller sign with the key for which it got the attestation. If it does so, somebody uses its attestation',
    })
  }
}

/** What a challenge may consist of, because it is sent in a header field. */
const CHALLENGE = /^[\x21-\x7e]{1,512}$/

async function requireChallenge(
  { challenge }: AttestationProof,
  { accept, issue }: AttestationChallenges,
  timeoutMs: number,
): Promise<void> {
  const ask = async (name: string, call: () => unknown): Promise<unknown> =>
    askDependency(
      call,
      timeoutMs,
      (cause) =>
        new ClientAuthenticationRegistryError(
          `clientAuthentication.attestation.challenges.${name} threw or took longer than timeoutMs; the cause of the event says which`,
          { cause },
        ),
    )
  if (challenge !== undefined && (await ask('accept', () => accept(challenge))) === true) return
  const next = await ask('issue', issue)
  if (typeof next !== 'string' || !CHALLENGE.test(next)) {
    throw new ClientAuthenticationRegistryError(
      'clientAuthentication.attestation.challenges.issue must return 1 to 512 characters of printable ASCII without spaces',
    )
  }
  const what = challenge === undefined ? 'no challenge' : 'a challenge that is not accepted'
  throw new ClientAuthenticationChallengeError(`the client attestation proof has ${what}`, next)
}
