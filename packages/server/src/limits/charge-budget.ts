/** Step `limits`: how often may this protected resource ask? (RFC 7662 §4) */
import type { MaybePromise } from '@token-introspection/core/maybe-promise'
import type { Disclosure } from '../authorization/authorize-disclosure.ts'
import type { ProtectedResource } from '../client-authentication/protected-resource.ts'
import { askDependency } from '../dependencies/ask-dependency.ts'
import { LimitsExceededError, LimitsLimiterError } from '../errors.ts'
import type { UsedUpBudgets } from './used-up-budgets.ts'
import { isLimitExceeded, type Limiter } from './limiter.ts'

/** What the step needs. */
export interface LimitsStep {
  /** The limiter of every protected resource that has none of its own. */
  readonly limiter: Limiter | undefined
  /** Points a miss takes from the budget of misses. */
  readonly missPoints: number
  /** Protected resources whose budget of hits is used up. */
  readonly usedUp: UsedUpBudgets
  /** Milliseconds a limiter may take. */
  readonly timeoutMs: number
}

/** Ends the key of the budget of misses. No client identifier has this character (RFC 6749 appendix A.1). */
const MISSES = '\u001fmisses'

/**
 * Refuses a protected resource that used up its budget of hits, before anything about a token is touched.
 *
 * @throws LimitsExceededError while the limiter would say so again.
 */
export function requireBudget(protectedResource: ProtectedResource, { usedUp }: LimitsStep): void {
  const leftMs = usedUp.leftMs(protectedResource.id)
  if (leftMs > 0) throw new LimitsExceededError(leftMs, 'hits')
}

/**
 * Charges the answer to the protected resource, by what it is: a hit takes one point from the budget of hits, a miss takes
 * `missPoints` from a budget of its own. Anybody can make a protected resource ask about junk, so a miss must not cost a
 * hit anything, and a budget of misses that is used up refuses misses alone. Junk that `isMinted` knows costs nothing.
 *
 * @throws LimitsExceededError when the budget is used up, LimitsLimiterError when the limiter fails.
 */
export function chargeBudget(
  protectedResource: ProtectedResource,
  { record, reason }: Pick<Disclosure, 'record' | 'reason'>,
  step: LimitsStep,
): MaybePromise<void> {
  const limiter = protectedResource.limiter ?? step.limiter
  if (limiter === undefined || reason === 'not-minted') return undefined
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
