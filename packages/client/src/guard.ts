/** SPINE: request in, decision out. */
import { isIntrospectionError } from '@token-introspection/core'
import { isPromise, type MaybePromise } from '@token-introspection/core/maybe-promise'
import { TokenTooLongError } from './errors.ts'
import { extractToken, type Presented, type TokenSources } from './token/extract-token.ts'
import type { GuardRequest } from './token/guard-request.ts'
import { type FoundForm, MAX_FORM_BYTES, readRequestForm } from './token/request-form.ts'
import { checkPermission, checkTarget, describeMistake } from './policy/check-policy.ts'
import { checkConfirmation } from './policy/confirmation/check-confirmation.ts'
import type { ConfirmationOutcome, Presentation } from './policy/confirmation/confirmation.ts'
import type { JudgedToken, Policy } from './policy/policy.ts'
import type { CustomCheck } from './policy/policy-options.ts'
import type { ActiveIntrospectionResult, IntrospectionResult } from './result/introspection-result.ts'
import {
  type ChallengeSettings,
  type Refusal,
  refuseAbsentToken,
  refuseAuthentication,
  refuseByCheck,
  refuseMalformedRequest,
  refuseNonce,
  refuseProof,
  refuseScope,
  refuseToken,
  refuseUnchecked,
  type TokenScheme,
} from './result/refusal.ts'

/** A request that may pass, with the token's answer. */
export interface Allowance<Claims extends object = object> {
  readonly allowed: true
  readonly token: ActiveIntrospectionResult<Claims>
  /** Fields to add to the response, by lower-case name: `cache-control` for a token of the query, `dpop-nonce`. */
  readonly headers: Readonly<Record<string, string>>
  /**
   * Always absent. It lets code that is compiled without `strict` read it, where `!allowed` does not narrow the type.
   */
  readonly toResponse?: undefined
}

/** A request without a token that may pass, as an `optional` guard lets it. */
export interface Anonymity {
  readonly allowed: true
  readonly token: undefined
  readonly headers: Readonly<Record<string, string>>
  /**
   * Always absent. It lets code that is compiled without `strict` read it, where `!allowed` does not narrow the type.
   */
  readonly toResponse?: undefined
}

/** What a guard decides: narrow it on `allowed`. */
export type GuardDecision<Claims extends object = object> = Allowance<Claims> | Refusal

/** What an `optional` guard decides: narrow it on `allowed`, then on `token`. */
export type OptionalGuardDecision<Claims extends object = object> = GuardDecision<Claims> | Anonymity

/** Decides about one request. It rejects only for bugs; outages are refusals with a 5xx status. */
export type Guard<Claims extends object = object> = (request: GuardRequest) => Promise<GuardDecision<Claims>>

/** The same for a guard that lets requests without a token pass. */
export type OptionalGuard<Claims extends object = object> = (
  request: GuardRequest,
) => Promise<OptionalGuardDecision<Claims>>

/**
 * A guard as `client.guard()` returns it. A function of your own that wraps one is a {@link Guard}, and needs no `decide`:
 * the adapters of the frameworks take both.
 */
export interface ClientGuard<Claims extends object = object> extends Guard<Claims> {
  /**
   * Decides at once when nothing has to be waited for: the answer is in the memory cache, or the request has no token. The
   * decision is then returned as a value, in the same tick and without a promise. Otherwise the result is a promise of it.
   *
   * @throws for bugs, as the promise rejects for them.
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
}

/** The same for a guard that lets requests without a token pass. */
export interface OptionalClientGuard<Claims extends object = object> extends OptionalGuard<Claims> {
  /** Decides at once when nothing has to be waited for: see {@link ClientGuard.decide}. */
  readonly decide: (request: GuardRequest) => MaybePromise<OptionalGuardDecision<Claims>>
}

/** The token that a guard of this type lets pass: `undefined` too, where it is optional. */
export type GuardToken<G extends OptionalGuard> = Extract<Awaited<ReturnType<G>>, { allowed: true }>['token']

/** Everything the spine needs. */
export interface GuardSteps<Claims extends object> {
  readonly token: TokenSources
  readonly introspect: (token: string) => MaybePromise<IntrospectionResult<Claims>>
  readonly policy: Policy
  readonly check: CustomCheck | undefined
  readonly result: ChallengeSettings
  /** Whether requests without a token pass. */
  readonly optional: boolean
  /** Seconds since the epoch. */
  readonly now: () => number
}

const NO_HEADERS: Readonly<Record<string, string>> = Object.freeze({})
const ANONYMITY: Anonymity = Object.freeze({ allowed: true, token: undefined, headers: NO_HEADERS })

/**
 * Take the token, ask, judge: is it for us, is it theirs, is it enough. An outage is never mistaken for a bad token, and a
 * token that is presented is judged even where none is needed.
 *
 * @returns the decision itself when nothing has to be waited for, as with an answer from the memory cache; no promise is made
 * then. Where a step has to wait, its `…Later` form goes on.
 */
export function guard<Claims extends object>(
  request: GuardRequest,
  steps: GuardSteps<Claims>,
): MaybePromise<OptionalGuardDecision<Claims>> {
  if (typeof (request as Partial<GuardRequest> | undefined)?.headers?.get !== 'function') throw notARequest()
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
  const { result } = steps
  const presented = extractToken(request, steps.token, form)
  if (presented.kind === 'absent') return steps.optional ? ANONYMITY : refuseAbsentToken(result)
  if (presented.kind === 'malformed') return refuseMalformedRequest(result)
  if (presented.kind === 'unread') return refuseUnchecked(formTooLong(), 'form')
  try {
    const answer = steps.introspect(presented.token)
    const decision = isPromise(answer)
      ? judgeLater(answer, presented, request, steps)
      : judge(answer, presented, request, steps)
    return isPromise(decision) ? decision.catch((error: unknown) => refuseFailure(error, presented)) : decision
  } catch (error) {
    return refuseFailure(error, presented)
  }
}

async function judgeLater<Claims extends object>(
  answer: Promise<IntrospectionResult<Claims>>,
  presented: Presented,
  request: GuardRequest,
  steps: GuardSteps<Claims>,
): Promise<GuardDecision<Claims>> {
  return judge(await answer, presented, request, steps)
}

/** Is it for us, is it theirs? */
function judge<Claims extends object>(
  token: IntrospectionResult<Claims>,
  presented: Presented,
  request: GuardRequest,
  steps: GuardSteps<Claims>,
): MaybePromise<GuardDecision<Claims>> {
  const { policy, result } = steps
  const { scheme } = presented
  if (!token.active) return refuseToken('token_inactive', result, scheme)
  const mistaken = checkTarget(token, policy)
  if (mistaken !== undefined) return refuseToken(mistaken, result, scheme, describeMistake(mistaken, token, policy))
  const confirmation = checkConfirmation(token, presented, policy)
  return isPromise(confirmation)
    ? confirmation.then((outcome) => judgeConfirmed(token, outcome, presented, request, steps))
    : judgeConfirmed(token, confirmation, presented, request, steps)
}

/** Is it theirs, is it enough? */
function judgeConfirmed<Claims extends object>(
  token: ActiveIntrospectionResult<Claims>,
  confirmation: ConfirmationOutcome,
  presented: Presented,
  request: GuardRequest,
  steps: GuardSteps<Claims>,
): MaybePromise<GuardDecision<Claims>> {
  const { policy, result, check } = steps
  const { scheme, source } = presented
  if (!confirmation.confirmed) return refuseConfirmation(confirmation, result, scheme)
  const lacking = checkPermission(token, policy, steps.now)
  if (lacking !== undefined) return refusePermission(lacking, token, policy, result, scheme)
  const allowance: Allowance<Claims> = { allowed: true, token, headers: responseHeaders(source, confirmation.headers) }
  const { useProof } = confirmation
  if (check === undefined && useProof === undefined) return allowance
  return checkAndUseProof(allowance, check && (() => check(token, request)), useProof, result)
}

/** A check of the application, and then the proof: a request that is refused takes no room in the replay store. */
async function checkAndUseProof<Claims extends object>(
  allowance: Allowance<Claims>,
  check: (() => unknown) | undefined,
  useProof: (() => Promise<boolean>) | undefined,
  result: ChallengeSettings,
): Promise<GuardDecision<Claims>> {
  // A check without types might say anything; only `true` is a yes.
  if (check !== undefined && (await check()) !== true) return refuseByCheck()
  if (useProof !== undefined && !(await useProof())) return refuseProof(result)
  return allowance
}

/** An operational failure is an outage, and a refusal; anything else is a bug, and thrown. */
function refuseFailure(error: unknown, { source }: Presented): Refusal {
  if (isIntrospectionError(error)) return refuseUnchecked(error, source)
  throw error
}

/** There may be a token in it, so the request is not one without. */
function formTooLong(): TokenTooLongError {
  return new TokenTooLongError(
    `the form has more than ${MAX_FORM_BYTES} octets, the most that a guard reads to find access_token, and there is no token ` +
      'elsewhere; send a shorter form, or send the token in the Authorization header field',
  )
}

/** What frameworks on Node call a request has other headers. */
function notARequest(): TypeError {
  return new TypeError(
    'request: must be a web Request, or an object with headers.get(); the requests of Express, Fastify and others are for ' +
      'requireToken(guard) of @token-introspection/client/express and its like',
  )
}

function refuseConfirmation(
  outcome: ConfirmationOutcome & { readonly confirmed: false },
  result: ChallengeSettings,
  scheme: TokenScheme,
): Refusal {
  if (outcome.reason === 'nonce') return refuseNonce(outcome.nonce, result)
  return outcome.reason === 'proof' ? refuseProof(result) : refuseToken('confirmation', result, scheme)
}

function refusePermission(
  lacking: 'scope' | 'authorization_details' | 'permissions' | 'authentication',
  token: JudgedToken,
  policy: Policy,
  result: ChallengeSettings,
  scheme: TokenScheme,
): Refusal {
  if (lacking === 'authentication') return refuseAuthentication(policy, result, scheme)
  if (lacking !== 'scope') return refuseScope(undefined, result, scheme, lacking)
  return refuseScope(policy.scope.wanted, result, scheme, lacking, describeMistake(lacking, token, policy))
}

/** What was got by a token in a URL must not be kept by a cache that others share (RFC 6750 §2.3). */
function responseHeaders(
  source: Presentation['source'],
  headers: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  return source === 'query' ? { ...headers, 'cache-control': 'private' } : headers
}
