/** SPINE: request in, decision out. */
import { type InactiveIntrospectionResponse, isIntrospectionError } from '@token-introspection/core'
import { isPromise, type MaybePromise } from '@token-introspection/core/maybe-promise'
import { TokenTooLongError } from './errors.ts'
import { type Liveness, LivenessRecord } from './revocations/liveness.ts'
import { extractToken, type Presented, type PresentedToken, type TokenSources } from './token/extract-token.ts'
import { foreignOrigin } from './token/foreign-origin.ts'
import type { PresentedTokenOf } from './guards/presented-by.ts'
import type { WatchRequest } from './guards/watch-by.ts'
import type { GuardRequest } from './token/guard-request.ts'
import { ABSENT_DETAIL, MALFORMED_DETAIL, MALFORMED_REMEDY, sayPlaces } from './token/say-presented.ts'
import { requireGuardRequest } from './token/require-guard-request.ts'
import { type FoundForm, MAX_FORM_BYTES, readRequestForm } from './token/request-form.ts'
import { checkPermission, checkTarget } from './policy/check-policy.ts'
import type { AudienceCount } from './policy/audience-refusals.ts'
import { findMismatch, type RefusalGrounds } from './policy/find-mismatch.ts'
import { checkConfirmation } from './policy/confirmation/check-confirmation.ts'
import type { ConfirmationOutcome, Presentation } from './policy/confirmation/confirmation.ts'
import type { JudgedToken, Policy } from './policy/policy.ts'
import type { CustomCheck } from './policy/policy-options.ts'
import { whyInactive } from './result/inactive.ts'
import type { ActiveIntrospectionResult, IntrospectionResult } from './result/introspection-result.ts'
import {
  type ChallengeSettings,
  type Refusal,
  refuseAbsentToken,
  refuseAuthentication,
  refuseByCheck,
  refuseMalformedRequest,
  refuseNonce,
  refuseOrigin,
  refuseProof,
  refuseScope,
  refuseToken,
  refuseUnchecked,
  type TokenScheme,
} from './result/refusal.ts'
import type { CleanerFor } from './transport/sent-credentials.ts'

/** An allowed request, with the token's answer. */
export interface Allowance<Claims extends object = object> {
  readonly allowed: true
  readonly token: ActiveIntrospectionResult<Claims>
  /**
   * Header fields to add to the response, by lower-case name: `cache-control` for a token outside the `Authorization` field,
   * `dpop-nonce`.
   */
  readonly headers: Readonly<Record<string, string>>
  /** How late a revocation of this token can be. `client.guard()` always says it; a guard of your own need not. */
  readonly liveness?: Liveness | undefined
  /**
   * Always absent. It lets code that is compiled without `strict` read it, where `!allowed` does not narrow the type.
   */
  readonly toResponse?: undefined
}

/** A request without a token that an `optional` guard lets pass. */
export interface Anonymity {
  readonly allowed: true
  readonly token: undefined
  readonly headers: Readonly<Record<string, string>>
  /** Always absent, because there is no token. */
  readonly liveness?: undefined
  /**
   * Always absent. It lets code that is compiled without `strict` read it, where `!allowed` does not narrow the type.
   */
  readonly toResponse?: undefined
}

/** The decision of a guard: narrow it on `allowed`. */
export type GuardDecision<Claims extends object = object> = Allowance<Claims> | Refusal

/** The decision of an `optional` guard: narrow it on `allowed`, then on `token`. */
export type OptionalGuardDecision<Claims extends object = object> = GuardDecision<Claims> | Anonymity

/**
 * Decides about one request. It rejects only for bugs. Outages are refusals with a 5xx status. A guard of a client throws a
 * TypeError for an argument that is not a request.
 */
export type Guard<Claims extends object = object> = (request: GuardRequest) => Promise<GuardDecision<Claims>>

/** The same for a guard that lets requests without a token pass. */
export type OptionalGuard<Claims extends object = object> = (
  request: GuardRequest,
) => Promise<OptionalGuardDecision<Claims>>

/**
 * A guard as `client.guard()` returns it. A function of your own that wraps a guard is a {@link Guard}, and needs no
 * `decide`: the adapters of the frameworks accept both. A wrapper that inherits `decide`, such as a `Proxy`, gets
 * one that calls the wrapper.
 */
export interface ClientGuard<Claims extends object = object> extends Guard<Claims> {
  /**
   * Decides synchronously when it need not wait: the answer is in the memory cache, or the request has no token. It
   * then returns the decision as a value, in the same tick and without a promise. Otherwise it returns a promise of the
   * decision.
   *
   * @throws for bugs, for which the promise would reject.
   *
   * @example
   * ```ts
   * import type { ClientGuard } from '@token-introspection/client'
   *
   * export function authorize(mayRead: ClientGuard, request: Request, proceed: (sub: string | undefined) => void): void {
   *   const decision = mayRead.decide(request)
   *   if (decision instanceof Promise) void decision.then((late) => late.allowed && proceed(late.token.sub))
   *   else if (decision.allowed) proceed(decision.token.sub)
   * }
   * ```
   */
  readonly decide: (request: GuardRequest) => MaybePromise<GuardDecision<Claims>>
  /**
   * Reads the token of a request that this guard has let pass, from the places where this guard reads tokens: for a token
   * exchange (RFC 8693), for example. It checks nothing. `undefined` also for a token in a form that only the guard has read.
   */
  readonly presentedToken: PresentedTokenOf
  /**
   * Watches the token of a request that this guard has let pass, by the options of this guard: see
   * {@link IntrospectionClient.watch}. The adapters of Node frameworks have a `watch` that knows when a connection ends.
   *
   * @returns a signal that aborts with a {@link WatchEnded} as soon as the token is not good enough for this guard any more.
   * @throws WatchOverloadedError when `watch.maxWatched` tokens are watched already.
   * @throws TypeError that names the option, or for a token in a form whose body only the guard has read.
   *
   * @example
   * ```ts
   * import type { ClientGuard } from '@token-introspection/client'
   *
   * export function orderEvents(mayRead: ClientGuard, subscribe: (signal: AbortSignal) => ReadableStream) {
   *   return async (request: Request): Promise<Response> => {
   *     const decision = await mayRead(request)
   *     if (!decision.allowed) return decision.toResponse()
   *     const signal = mayRead.watch(request, { until: request.signal })
   *     return new Response(subscribe(signal), { headers: { 'content-type': 'text/event-stream' } })
   *   }
   * }
   * ```
   */
  readonly watch: WatchRequest
}

/** The same for a guard that lets requests without a token pass. */
export interface OptionalClientGuard<Claims extends object = object> extends OptionalGuard<Claims> {
  /** Decides synchronously when it need not wait: see {@link ClientGuard.decide}. */
  readonly decide: (request: GuardRequest) => MaybePromise<OptionalGuardDecision<Claims>>
  /** Reads the token of a request: see {@link ClientGuard.presentedToken}. */
  readonly presentedToken: PresentedTokenOf
  /** Watches the token of a request: see {@link ClientGuard.watch}. Without a token the signal never aborts. */
  readonly watch: WatchRequest
}

/** The token that a guard of this type lets pass. For an optional guard also `undefined`. */
export type GuardToken<G extends OptionalGuard> = Extract<Awaited<ReturnType<G>>, { allowed: true }>['token']

/** Everything the spine needs. */
export interface GuardSteps<Claims extends object> {
  readonly token: TokenSources
  readonly introspect: (token: string, liveness: LivenessRecord) => MaybePromise<IntrospectionResult<Claims>>
  /** A number that changes with every event of the feeds; `undefined` when there is no feed. */
  readonly sequence: (() => number) | undefined
  /** Whether an answer from the cache may have lost the reason why it is inactive, in a store that processes share. */
  readonly mayLoseReason: boolean
  readonly policy: Policy
  /** Counts tokens that lack the audience; `undefined` when nothing is to be reported. */
  readonly audience: AudienceCount | undefined
  readonly check: CustomCheck | undefined
  readonly result: ChallengeSettings
  /** Whether requests without a token pass. */
  readonly optional: boolean
  /** Takes a token, and the credentials of the client, out of what a refusal shows. */
  readonly cleanerFor: CleanerFor
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
  const form = steps.token.form ? readRequestForm(request) : undefined
  return isPromise(form) ? guardLater(form, request, steps) : guardForm(form, request, steps)
}

async function guardLater<Claims extends object>(
  form: Promise<FoundForm>,
  request: GuardRequest,
  steps: GuardSteps<Claims>,
): Promise<OptionalGuardDecision<Claims>> {
  return guardForm(await form, request, steps)
}

function guardForm<Claims extends object>(
  form: FoundForm,
  request: GuardRequest,
  steps: GuardSteps<Claims>,
): MaybePromise<OptionalGuardDecision<Claims>> {
  return guardPresented(extractToken(request, steps.token, form), steps)
}

/** The part of {@link guard} after the request was read. */
export function guardPresented<Claims extends object>(
  presented: PresentedToken,
  steps: GuardSteps<Claims>,
): MaybePromise<OptionalGuardDecision<Claims>> {
  const { result } = steps
  if (presented.kind === 'absent')
    return steps.optional ? ANONYMITY : refuseAbsentToken(result, `${ABSENT_DETAIL}. ${sayPlaces(steps.token)}`)
  if (presented.kind === 'malformed') return refuseMalformedRequest(result, `${MALFORMED_DETAIL}. ${MALFORMED_REMEDY}`)
  if (presented.kind === 'unread') return refuseUnchecked(formTooLong(), 'form')
  const foreign = foreignSender(presented, steps.token)
  if (foreign !== undefined) return refuseOrigin(steps.cleanerFor(presented.token)(foreign))
  const { request } = presented
  try {
    const liveness = new LivenessRecord()
    const answer = steps.introspect(presented.token, liveness)
    const decision = isPromise(answer)
      ? judgeLater(answer, liveness, presented, request, steps)
      : judge(answer, liveness, presented, request, steps)
    return isPromise(decision) ? decision.catch((error: unknown) => refuseFailure(error, presented)) : decision
  } catch (error) {
    return refuseFailure(error, presented)
  }
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
  const { policy, result } = steps
  const { scheme } = presented
  if (!token.active) return refuseInactive(token, liveness, scheme, steps)
  const mistaken = checkTarget(token, policy)
  if (mistaken !== undefined) {
    const grounds = groundsOf(mistaken, token, presented, steps)
    if (mistaken === 'audience') steps.audience?.refuse(grounds.detail)
    return refuseToken(mistaken, result, scheme, grounds)
  }
  steps.audience?.accept()
  const answered = steps.sequence?.()
  const confirmation = checkConfirmation(token, presented, policy)
  const decision = isPromise(confirmation)
    ? confirmation.then((outcome) => judgeConfirmed(token, liveness, outcome, presented, request, steps))
    : judgeConfirmed(token, liveness, confirmation, presented, request, steps)
  return isPromise(decision) ? judgeAgain(decision, answered, token, liveness, presented, request, steps) : decision
}

/**
 * A decision that had to wait may be overtaken by a revocation. When the feed has told of any since, the client looks at
 * the token again, which costs a request only if it is not remembered any more.
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
  const { policy, result, check, sequence } = steps
  const { scheme } = presented
  const startedMs = performance.now()
  const decision = await deciding
  liveness.wait(performance.now() - startedMs)
  if (!decision.allowed || answered === sequence?.()) return decision
  const latest = await steps.introspect(presented.token, liveness)
  if (latest === token) return decision
  if (!latest.active) return refuseInactive(latest, liveness, scheme, steps)
  const mistaken = checkTarget(latest, policy)
  if (mistaken !== undefined)
    return refuseToken(mistaken, result, scheme, groundsOf(mistaken, latest, presented, steps))
  // The proof of the request was checked against the earlier answer.
  if (JSON.stringify(latest.cnf) !== JSON.stringify(token.cnf)) {
    return refuseToken('confirmation', result, scheme, CHANGED)
  }
  const lacking = checkPermission(latest, policy, steps.now)
  if (lacking !== undefined) return refusePermission(lacking, latest, presented, steps)
  if (check !== undefined && ((await check(latest, request)) as unknown) !== true) return refuseByCheck()
  return { ...decision, token: latest }
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
  const { policy, result, check } = steps
  const { source } = presented
  if (!confirmation.confirmed) return refuseConfirmation(confirmation, presented, steps)
  const lacking = checkPermission(token, policy, steps.now)
  if (lacking !== undefined) return refusePermission(lacking, token, presented, steps)
  const headers = responseHeaders(source, confirmation.headers)
  const allowance: Allowance<Claims> = { allowed: true, token, headers, liveness }
  const { useProof } = confirmation
  if (check === undefined && useProof === undefined) return allowance
  return checkAndUseProof(allowance, check && (() => check(token, request)), useProof, result)
}

/**
 * Runs the check of the application, then marks the proof as used, so that a refused request takes no room in the
 * replay store.
 */
async function checkAndUseProof<Claims extends object>(
  allowance: Allowance<Claims>,
  check: (() => unknown) | undefined,
  useProof: (() => Promise<boolean>) | undefined,
  result: ChallengeSettings,
): Promise<GuardDecision<Claims>> {
  // An untyped check might return any value. Only `true` counts.
  if (check !== undefined && (await check()) !== true) return refuseByCheck()
  if (useProof !== undefined && !(await useProof())) return refuseProof(result, USED)
  return allowance
}

function refuseInactive(
  token: Readonly<InactiveIntrospectionResponse>,
  { source }: LivenessRecord,
  scheme: TokenScheme,
  { result, mayLoseReason }: Pick<GuardSteps<object>, 'result' | 'mayLoseReason'>,
): Refusal {
  return refuseToken('token_inactive', result, scheme, whyInactive(token, mayLoseReason && source === 'cache'))
}

/** An operational failure is an outage, and a refusal. Any other error is a bug, and is thrown. */
function refuseFailure(error: unknown, { source }: Presented): Refusal {
  if (isIntrospectionError(error)) return refuseUnchecked(error, source)
  throw error
}

/** The unread form may hold a token, so the request does not count as one without a token. */
function formTooLong(): TokenTooLongError {
  return new TokenTooLongError(
    `the form has more than ${MAX_FORM_BYTES} octets, the most that a guard reads to find access_token, and there is no token ` +
      'elsewhere; send a shorter form, or send the token in the Authorization header field',
  )
}

function refuseConfirmation(
  outcome: ConfirmationOutcome & { readonly confirmed: false },
  { token, scheme }: Presented,
  { result, cleanerFor }: Pick<GuardSteps<object>, 'result' | 'cleanerFor'>,
): Refusal {
  if (outcome.reason === 'nonce') return refuseNonce(outcome.nonce, result)
  const grounds = { detail: outcome.detail && cleanerFor(token)(outcome.detail) }
  if (outcome.reason === 'proof') return refuseProof(result, grounds)
  return refuseToken('confirmation', result, scheme, grounds)
}

function refusePermission(
  lacking: 'scope' | 'authorization_details' | 'permissions' | 'authentication',
  token: JudgedToken,
  presented: Presented,
  steps: Pick<GuardSteps<object>, 'policy' | 'result' | 'now' | 'cleanerFor'>,
): Refusal {
  const { policy, result } = steps
  const { scheme } = presented
  const grounds = groundsOf(lacking, token, presented, steps)
  if (lacking === 'authentication') return refuseAuthentication(policy, result, scheme, grounds)
  return refuseScope(lacking === 'scope' ? policy.scope.wanted : undefined, result, scheme, lacking, grounds)
}

/** What a refusal says to the operator, without the token and the credentials of the client, which the answer may repeat. */
function groundsOf(
  reason: Parameters<typeof findMismatch>[0],
  token: JudgedToken,
  presented: Presented,
  { policy, now, cleanerFor }: Pick<GuardSteps<object>, 'policy' | 'now' | 'cleanerFor'>,
): RefusalGrounds {
  return findMismatch(reason, token, policy, now, cleanerFor(presented.token))
}

/**
 * A shared cache keeps no response to a request with the `Authorization` field (RFC 9111 §3.5). For a token in another place,
 * the response has to say so (RFC 6750 §2.3).
 */
function responseHeaders(
  source: Presentation['source'],
  headers: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  return source === 'header' ? headers : { ...headers, 'cache-control': 'private' }
}
