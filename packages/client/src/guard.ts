/** SPINE: request in, decision out. */
import { isIntrospectionError } from '@token-introspection/core'
import { andThen, type MaybePromise } from '@token-introspection/core/maybe-promise'
import { LivenessRecord } from './revocations/liveness.ts'
import { extractToken, type Presented, type PresentedToken, type TokenSources } from './token/extract-token.ts'
import { foreignOrigin } from './token/foreign-origin.ts'
import type { GuardRequest } from './token/guard-request.ts'
import { ABSENT_DETAIL, MALFORMED_DETAIL, MALFORMED_REMEDY, sayPlaces } from './token/say-presented.ts'
import { requireGuardRequest } from './token/require-guard-request.ts'
import { formTooLong, readRequestForm } from './token/request-form.ts'
import { checkPermission, checkTarget, hasScope } from './policy/check-policy.ts'
import type { AudienceCount } from './policy/audience-refusals.ts'
import { findMismatch, type RefusalGrounds } from './policy/find-mismatch.ts'
import { checkConfirmation } from './policy/confirmation/check-confirmation.ts'
import type { ConfirmationOutcome } from './policy/confirmation/confirmation.ts'
import type { JudgedToken } from './policy/policy.ts'
import type { CustomCheck } from './policy/policy-options.ts'
import { withRequiredScope } from './policy/required-scope.ts'
import type { Allowance, Anonymity, GuardDecision, OptionalGuardDecision } from './result/guard-decision.ts'
import type { ActiveIntrospectionResult, IntrospectionResult } from './result/introspection-result.ts'
import { clockFault } from './response/validate-response.ts'
import {
  type Refusal,
  refuseAbsentToken,
  refuseByCheck,
  refuseMalformedRequest,
  refuseOrigin,
  refuseProof,
  refuseToken,
  refuseUnchecked,
} from './result/refusal.ts'
import { inactiveByClock } from './result/inactive.ts'
import { refuseConfirmation, refuseInactive, refusePermission, type RefusalSteps } from './result/refuse-judged.ts'
import { responseHeaders } from './result/response-headers.ts'

/** Everything the spine needs. */
export interface GuardSteps<Claims extends object> extends RefusalSteps {
  readonly token: TokenSources
  readonly introspect: (token: string, liveness: LivenessRecord) => MaybePromise<IntrospectionResult<Claims>>
  /** A number that changes with every event of the feeds; `undefined` when there is no feed. */
  readonly sequence: (() => number) | undefined
  /** Counts tokens that lack the audience; `undefined` when nothing is to be reported. */
  readonly audience: AudienceCount | undefined
  readonly check: CustomCheck | undefined
  /** How many seconds the clocks of this process and of the authorization server may differ. */
  readonly leewaySeconds: number
  /** Whether requests without a token pass. */
  readonly optional: boolean
  /** Seconds since the epoch. */
  readonly now: () => number
}

const NO_HEADERS: Readonly<Record<string, string>> = Object.freeze({})
const CHANGED = Object.freeze({ detail: 'cnf of the token changed while the guard decided' })
const USED = Object.freeze({ detail: 'DPoP proof: its jti was used before, so the proof may be a copy' })
const ANONYMITY: Anonymity = Object.freeze({ allowed: true, token: undefined, headers: NO_HEADERS })

/**
 * Takes the token, asks about it, and judges the answer: is the token for this API, is it the sender's, is it enough.
 * An outage never looks like a bad token. An optional guard judges a presented token as well.
 *
 * @returns the decision itself when no step has to wait, as with an answer from the memory cache. Then there is no
 * promise. When a step has to wait, its `…Later` form continues.
 */
export function guard<Claims extends object>(
  request: GuardRequest,
  steps: GuardSteps<Claims>,
): MaybePromise<OptionalGuardDecision<Claims>> {
  requireGuardRequest(request)
  if (steps.token.form) return guardWithForm(request, steps)
  return guardPresented(extractToken(request, steps.token, undefined), steps)
}

/** A request whose form may have the token. */
function guardWithForm<Claims extends object>(
  request: GuardRequest,
  steps: GuardSteps<Claims>,
): MaybePromise<OptionalGuardDecision<Claims>> {
  return andThen(readRequestForm(request), (form) => guardPresented(extractToken(request, steps.token, form), steps))
}

/** The part of {@link guard} after the request was read. */
export function guardPresented<Claims extends object>(
  presented: PresentedToken,
  steps: GuardSteps<Claims>,
): MaybePromise<OptionalGuardDecision<Claims>> {
  if (presented.kind !== 'token') return decideWithoutToken(presented.kind, steps)
  const foreign = foreignSender(presented, steps.token)
  if (foreign !== undefined) return refuseOrigin(steps.cleanerFor(presented.token)(foreign))
  const { request } = presented
  try {
    const liveness = new LivenessRecord()
    const answer = steps.introspect(presented.token, liveness)
    const decision =
      'active' in answer
        ? judge(answer, liveness, presented, request, steps)
        : judgeLater(answer, liveness, presented, request, steps)
    return 'allowed' in decision ? decision : refuseFailureLater(decision, presented)
  } catch (error) {
    return refuseFailure(error, presented)
  }
}

/** A request without a token that can be judged. */
function decideWithoutToken<Claims extends object>(
  kind: Exclude<PresentedToken['kind'], 'token'>,
  { token, result, optional }: GuardSteps<Claims>,
): Anonymity | Refusal {
  if (kind === 'malformed') return refuseMalformedRequest(result, `${MALFORMED_DETAIL}. ${MALFORMED_REMEDY}`)
  if (kind === 'unread') return refuseUnchecked(formTooLong(), 'form')
  return optional ? ANONYMITY : refuseAbsentToken(result, `${ABSENT_DETAIL}. ${sayPlaces(token)}`)
}

/** Only a browser sends a token without being asked to, and only in a cookie. */
function foreignSender({ source, request }: Presented, { cookie }: TokenSources): string | undefined {
  return source === 'cookie' && cookie !== undefined ? foreignOrigin(request, cookie.allowedOrigins) : undefined
}

async function judgeLater<Claims extends object>(
  answer: Promise<IntrospectionResult<Claims>>,
  liveness: LivenessRecord,
  presented: Presented,
  request: GuardRequest,
  steps: GuardSteps<Claims>,
): Promise<GuardDecision<Claims>> {
  return judge(await answer, liveness, presented, request, steps)
}

/** Is the token for this API, and is it the sender's? */
function judge<Claims extends object>(
  token: IntrospectionResult<Claims>,
  liveness: LivenessRecord,
  presented: Presented,
  request: GuardRequest,
  steps: GuardSteps<Claims>,
): MaybePromise<GuardDecision<Claims>> {
  const { policy } = steps
  if (!token.active) return refuseInactive(token, liveness, presented.scheme, steps)
  const mistaken = checkTarget(token, policy)
  if (mistaken !== undefined) return refuseTarget(mistaken, token, presented, steps)
  steps.audience?.accept()
  const answered = steps.sequence?.()
  const confirmation = checkConfirmation(token, presented, policy)
  const decision =
    'confirmed' in confirmation
      ? judgeConfirmed(token, liveness, confirmation, presented, request, steps)
      : judgeConfirmedLater(token, liveness, confirmation, presented, request, steps)
  return 'allowed' in decision ? decision : judgeAgain(decision, answered, token, liveness, presented, request, steps)
}

async function judgeConfirmedLater<Claims extends object>(
  token: ActiveIntrospectionResult<Claims>,
  liveness: LivenessRecord,
  confirmation: Promise<ConfirmationOutcome>,
  presented: Presented,
  request: GuardRequest,
  steps: GuardSteps<Claims>,
): Promise<GuardDecision<Claims>> {
  return judgeConfirmed(token, liveness, await confirmation, presented, request, steps)
}

/** Is it the sender's token, and is it enough? */
function judgeConfirmed<Claims extends object>(
  token: ActiveIntrospectionResult<Claims>,
  liveness: LivenessRecord,
  confirmation: ConfirmationOutcome,
  presented: Presented,
  request: GuardRequest,
  steps: GuardSteps<Claims>,
): MaybePromise<GuardDecision<Claims>> {
  if (!confirmation.confirmed) return refuseConfirmation(confirmation, presented, steps)
  const lacking = checkPermission(token, steps.policy, steps.now)
  if (lacking !== undefined) return refuseLacking(lacking, token, presented, steps)
  const headers = responseHeaders(presented.source, confirmation.headers)
  const allowance: Allowance<Claims> = { allowed: true, token, headers, liveness }
  const { useProof } = confirmation
  if (steps.check === undefined && useProof === undefined && request.requiredScope === undefined) return allowance
  return useProofAndCheck(allowance, useProof, presented, request, steps)
}

/** The refusal of a token that lacks the further scope of the request. Its challenge names the scope of the guard, too. */
async function checkRequiredScope<Claims extends object>(
  token: JudgedToken,
  requiredScope: NonNullable<GuardRequest['requiredScope']>,
  presented: Presented,
  steps: GuardSteps<Claims>,
): Promise<Refusal | undefined> {
  const scope = withRequiredScope(steps.policy.scope, await requiredScope())
  const judging = { ...steps, policy: { ...steps.policy, scope, passed: undefined } }
  return hasScope(token.scope, judging.policy) ? undefined : refuseLacking('scope', token, presented, judging)
}

/**
 * Marks the proof as used, then finds the further scope of the request and runs the check of the application. Both may wait
 * for the body, and its sender decides how long. A proof that was marked after that could outlive the memory of its first use.
 */
async function useProofAndCheck<Claims extends object>(
  allowance: Allowance<Claims>,
  useProof: (() => Promise<boolean>) | undefined,
  presented: Presented,
  request: GuardRequest,
  steps: GuardSteps<Claims>,
): Promise<GuardDecision<Claims>> {
  const { token } = allowance
  const { requiredScope } = request
  if (useProof !== undefined && !(await useProof())) return refuseProof(steps.result, USED)
  const lacking = requiredScope && (await checkRequiredScope(token, requiredScope, presented, steps))
  if (lacking !== undefined) return lacking
  return (await isRefusedByCheck(token, request, steps)) ? refuseByCheck() : allowance
}

/** An untyped check might return any value. Only `true` counts. */
async function isRefusedByCheck<Claims extends object>(
  token: ActiveIntrospectionResult<Claims>,
  request: GuardRequest,
  { check }: GuardSteps<Claims>,
): Promise<boolean> {
  return check !== undefined && ((await check(token, request)) as unknown) !== true
}

/**
 * A decision that had to wait may be overtaken by the expiry of the token, or by a revocation. When the feed has told of any
 * revocation since, the client looks at the token again, which costs a request only if it is not remembered any more.
 *
 * @param answered - the sequence of the feed when the token was answered.
 */
async function judgeAgain<Claims extends object>(
  deciding: Promise<GuardDecision<Claims>>,
  answered: number | undefined,
  token: ActiveIntrospectionResult<Claims>,
  liveness: LivenessRecord,
  presented: Presented,
  request: GuardRequest,
  steps: GuardSteps<Claims>,
): Promise<GuardDecision<Claims>> {
  const { policy, result, sequence } = steps
  const { scheme } = presented
  const startedMs = performance.now()
  const decision = await deciding
  liveness.wait(performance.now() - startedMs)
  if (!decision.allowed) return decision
  const expired = refuseExpired(token, liveness, scheme, steps)
  if (expired !== undefined) return expired
  if (answered === sequence?.()) return decision
  const latest = await steps.introspect(presented.token, liveness)
  if (latest === token) return decision
  if (!latest.active) return refuseInactive(latest, liveness, scheme, steps)
  const mistaken = checkTarget(latest, policy)
  if (mistaken !== undefined) return refuseTarget(mistaken, latest, presented, steps)
  // The proof of the request was checked against the earlier answer.
  if (JSON.stringify(latest.cnf) !== JSON.stringify(token.cnf)) {
    return refuseToken('confirmation', result, scheme, CHANGED)
  }
  const lacking = checkPermission(latest, policy, steps.now)
  if (lacking !== undefined) return refuseLacking(lacking, latest, presented, steps)
  const required = request.requiredScope && (await checkRequiredScope(latest, request.requiredScope, presented, steps))
  if (required !== undefined) return required
  if (await isRefusedByCheck(latest, request, steps)) return refuseByCheck()
  return refuseExpired(latest, liveness, scheme, steps) ?? { ...decision, token: latest }
}

/** The refusal of a token that has expired while the decision waited. */
function refuseExpired<Claims extends object>(
  token: ActiveIntrospectionResult<Claims>,
  liveness: LivenessRecord,
  scheme: Presented['scheme'],
  steps: GuardSteps<Claims>,
): Refusal | undefined {
  const now = steps.now()
  const fault = clockFault(token, steps, now)
  return fault && refuseInactive(inactiveByClock(fault, token, now), liveness, scheme, steps)
}

/** An operational failure is an outage, and a refusal. Any other error is a bug, and is thrown. */
function refuseFailure(error: unknown, { source }: Presented): Refusal {
  if (isIntrospectionError(error)) return refuseUnchecked(error, source)
  throw error
}

async function refuseFailureLater<Claims extends object>(
  deciding: Promise<GuardDecision<Claims>>,
  presented: Presented,
): Promise<GuardDecision<Claims>> {
  try {
    return await deciding
  } catch (error) {
    return refuseFailure(error, presented)
  }
}

/** The refusal of an active token that is not an access token for this API. */
function refuseTarget<Claims extends object>(
  mistaken: NonNullable<ReturnType<typeof checkTarget>>,
  token: JudgedToken,
  presented: Presented,
  steps: GuardSteps<Claims>,
): Refusal {
  const grounds = groundsOf(mistaken, token, presented, steps)
  if (mistaken === 'audience') steps.audience?.refuse(grounds.detail)
  return refuseToken(mistaken, steps.result, presented.scheme, grounds)
}

/** The refusal of a token that is not enough for the route. */
function refuseLacking<Claims extends object>(
  lacking: NonNullable<ReturnType<typeof checkPermission>>,
  token: JudgedToken,
  presented: Presented,
  steps: GuardSteps<Claims>,
): Refusal {
  return refusePermission(lacking, presented.scheme, steps, groundsOf(lacking, token, presented, steps))
}

/** What a refusal says to the operator, without the token and the credentials of the client, which the answer may repeat. */
function groundsOf<Claims extends object>(
  reason: Parameters<typeof findMismatch>[0],
  token: JudgedToken,
  presented: Presented,
  { policy, now, cleanerFor }: GuardSteps<Claims>,
): RefusalGrounds {
  return findMismatch(reason, token, policy, now, cleanerFor(presented.token))
}
