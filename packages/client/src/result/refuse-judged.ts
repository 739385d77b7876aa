/** Step `result`: the refusal of a token that was judged, by what the judge found. */
import type { InactiveIntrospectionResponse } from '@token-introspection/core'
import type { ConfirmationOutcome } from '../policy/confirmation/confirmation.ts'
import type { RefusalGrounds } from '../policy/find-mismatch.ts'
import type { Policy } from '../policy/policy.ts'
import type { LivenessRecord } from '../revocations/liveness.ts'
import type { Presented } from '../token/extract-token.ts'
import type { CleanerFor } from '../transport/sent-credentials.ts'
import { whyInactive } from './inactive.ts'
import {
  type ChallengeSettings,
  type Refusal,
  refuseAuthentication,
  refuseNonce,
  refuseProof,
  refuseScope,
  refuseToken,
  type TokenScheme,
} from './refusal.ts'

/** What a refusal needs to know of the guard. */
export interface RefusalSteps {
  readonly policy: Policy
  readonly result: ChallengeSettings
  /** Whether an answer from the cache may have lost the reason why it is inactive, in a store that processes share. */
  readonly mayLoseReason: boolean
  /** Takes a token, and the credentials of the client, out of what a refusal shows. */
  readonly cleanerFor: CleanerFor
}

/** Refuses an inactive token. */
export function refuseInactive(
  token: Readonly<InactiveIntrospectionResponse>,
  { source }: LivenessRecord,
  scheme: TokenScheme,
  { result, mayLoseReason }: Pick<RefusalSteps, 'result' | 'mayLoseReason'>,
): Refusal {
  return refuseToken('token_inactive', result, scheme, whyInactive(token, mayLoseReason && source === 'cache'))
}

/** Refuses a token whose sender did not prove that it is theirs. */
export function refuseConfirmation(
  outcome: ConfirmationOutcome & { readonly confirmed: false },
  { token, scheme }: Presented,
  { result, cleanerFor }: Pick<RefusalSteps, 'result' | 'cleanerFor'>,
): Refusal {
  if (outcome.reason === 'nonce') return refuseNonce(outcome.nonce, result)
  const grounds = { detail: outcome.detail && cleanerFor(token)(outcome.detail) }
  if (outcome.reason === 'proof') return refuseProof(result, grounds)
  return refuseToken('confirmation', result, scheme, grounds)
}

/** Refuses a token that is not enough for the route. */
export function refusePermission(
  lacking: 'scope' | 'authorization_details' | 'permissions' | 'authentication',
  scheme: TokenScheme,
  { policy, result }: Pick<RefusalSteps, 'policy' | 'result'>,
  grounds: RefusalGrounds,
): Refusal {
  if (lacking === 'authentication') return refuseAuthentication(policy, result, scheme, grounds)
  return refuseScope(lacking === 'scope' ? policy.scope.wanted : undefined, result, scheme, lacking, grounds)
}
