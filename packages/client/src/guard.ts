/** SPINE: request in, decision out. */
import { isIntrospectionError } from '@token-introspection/core'
import { checkPolicy, type Policy } from './policy/check-policy.ts'
import type { ActiveIntrospectionResult, IntrospectionResult } from './result/introspection-result.ts'
import {
  type ChallengeSettings,
  type Refusal,
  refuseAbsentToken,
  refuseMalformedRequest,
  refuseScope,
  refuseToken,
  refuseUnchecked,
} from './result/refusal.ts'
import { extractToken, type GuardRequest } from './token/extract-token.ts'

/** A request that may pass, with the token's answer. */
export interface Allowance<Claims extends object = object> {
  readonly allowed: true
  readonly token: ActiveIntrospectionResult<Claims>
}

/** What a guard decides: narrow it on `allowed`. */
export type GuardDecision<Claims extends object = object> = Allowance<Claims> | Refusal

/** Decides about one request. It rejects only for bugs; outages are refusals with a 5xx status. */
export type Guard<Claims extends object = object> = (request: GuardRequest) => Promise<GuardDecision<Claims>>

/** Everything the spine needs. */
export interface GuardSteps<Claims extends object> {
  readonly introspect: (token: string) => Promise<IntrospectionResult<Claims>>
  readonly policy: Policy
  readonly result: ChallengeSettings
}

/** Take the token, ask, judge. An outage is never mistaken for a bad token. */
export async function guard<Claims extends object>(
  request: GuardRequest,
  steps: GuardSteps<Claims>,
): Promise<GuardDecision<Claims>> {
  const presented = extractToken(request)
  if (presented.kind === 'absent') return refuseAbsentToken(steps.result)
  if (presented.kind === 'malformed') return refuseMalformedRequest(steps.result)
  try {
    const token = await steps.introspect(presented.token)
    if (!token.active) return refuseToken('token_inactive', steps.result)
    const refusal = checkPolicy(token, steps.policy)
    if (refusal === 'scope') return refuseScope(steps.policy.scope, steps.result)
    if (refusal !== undefined) return refuseToken(refusal, steps.result)
    return { allowed: true, token }
  } catch (error) {
    if (isIntrospectionError(error)) return refuseUnchecked(error)
    throw error
  }
}
