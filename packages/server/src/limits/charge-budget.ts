/** Step `limits`: how often may this protected resource introspect? (RFC 7662 §4) */
import type { MaybePromise } from '@token-introspection/core/maybe-promise'
import type { Disclosure } from '../authorization/authorize-disclosure.ts'
import type { ProtectedResource } from '../client-authentication/protected-resource.ts'
import { askDependency } from '../dependencies/ask-dependency.ts'
import { LimitsExceededError, LimitsLimiterError } from '../errors.ts'
import type { UsedUpBudgets } from './used-up-budgets.ts'
import { isLimitExceeded, type Limiter } from './limiter.ts'

/** The resolved options of the step. */
export interface LimitsStep {
  /** The limiter for protected resources without one of their own. */
  readonly limiter: Limiter | undefined
  /** The points that a miss takes from the budget of misses. */
  readonly missPoints: number
  /** The protected resources that have used up their budget of hits. */
  readonly usedUp: UsedUpBudgets
  /** The longest time for a limiter, in milliseconds. */
  readonly timeoutMs: number
}

/** The suffix of the key for misses. No client identifier contains this control character (RFC 6749 appendix A.1). */
const MISSES = '\u001fmisses'

/**
 * Refuses a protected resource that used up its budget of hits, before the handler touches a token.
 *
 * @throws LimitsExceededError for the time that the limiter gave.
 */
export function requireBudget(protectedResource: ProtectedResource, { usedUp }: LimitsStep): void {
  const leftMs = usedUp.leftMs(protectedResource.id)
  if (leftMs > 0) throw new LimitsExceededError(leftMs, 'hits')
}

/**
 * Charges the protected resource for an answer. A hit takes one point from the budget of hits, and a miss takes `missPoints`
 * from a budget of its own. Anybody can make a protected resource ask about junk tokens. So a miss costs nothing from the budget
 * of hits, and a used up budget of misses refuses only misses. A token that
 * `isMinted` refuses, or that is too long, is not looked up and costs nothing.
 *
 * @throws LimitsExceededError when the budget is used up, LimitsLimiterError when the limiter fails.
 */
export function chargeBudget(
  protectedResource: ProtectedResource,
  { record, reason }: Pick<Disclosure, 'record' | 'reason'>,
  step: LimitsStep,
): MaybePromise<void> {
  const limiter = protectedResource.limiter ?? step.limiter
  if (limiter === undefined || reason === 'not-minted' || reason === 'too-long') return undefined
  return record === undefined
    ? charge(limiter, protectedResource.id + MISSES, step.missPoints, step, toMissError)
    : charge(limiter, protectedResource.id, 1, step, (cause) => toHitError(cause, protectedResource.id, step))
}

function charge(
  limiter: Limiter,
  key: string,
  points: number,
  { timeoutMs }: LimitsStep,
  toError: (cause: unknown) => Error,
): MaybePromise<void> {
  return askDependency<unknown>(() => limiter.consume(key, points), timeoutMs, toError) as MaybePromise<void>
}

function toHitError(cause: unknown, id: string, { usedUp }: LimitsStep): Error {
  if (!isLimitExceeded(cause)) return toLimiterError(cause)
  usedUp.remember(id, cause.msBeforeNext)
  return new LimitsExceededError(cause.msBeforeNext, 'hits')
}

function toMissError(cause: unknown): Error {
  return isLimitExceeded(cause) ? new LimitsExceededError(cause.msBeforeNext, 'misses') : toLimiterError(cause)
}

function toLimiterError(cause: unknown): LimitsLimiterError {
  return new LimitsLimiterError('the limiter failed', { cause })
}
