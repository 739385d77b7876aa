/** Step `limits`: how often may this protected resource ask? (RFC 7662 §4) */
import type { ProtectedResource } from '../client-authentication/protected-resource.ts'
import { askDependency } from '../dependency.ts'
import { LimitsExceededError, LimitsLimiterError } from '../errors.ts'
import { isPromise, type MaybePromise } from '../maybe-promise.ts'
import { isLimitExceeded, type Limiter } from './limiter.ts'

/** What the step needs. */
export interface LimitsStep {
  /** The limiter for whoever has none of its own. */
  readonly limiter: Limiter | undefined
  /** Points a request takes whose token turns out not to be active. */
  readonly missPoints: number
  /** Milliseconds a limiter may take. */
  readonly timeoutMs: number
}

/**
 * Takes one point from the budget of a protected resource, before anything about a token is touched.
 *
 * @throws LimitsExceededError when the budget is used up, LimitsLimiterError when nobody can tell.
 */
export function chargeRequest(protectedResource: ProtectedResource, step: LimitsStep): MaybePromise<void> {
  return charge(protectedResource, 1, step)
}

/**
 * Takes the rest of what a miss costs. A protected resource that works asks about tokens that were issued; one that
 * fishes does not. This answer is known already, so a budget that is used up by it shows at the next request.
 */
export function chargeMiss(protectedResource: ProtectedResource, step: LimitsStep): void {
  if (step.missPoints < 2) return
  try {
    const charging = charge(protectedResource, step.missPoints - 1, step)
    if (isPromise(charging)) charging.catch(() => undefined)
  } catch {}
}

function charge(protectedResource: ProtectedResource, points: number, step: LimitsStep): MaybePromise<void> {
  const limiter = protectedResource.limiter ?? step.limiter
  if (limiter === undefined) return undefined
  return askDependency<unknown>(
    () => limiter.consume(protectedResource.id, points),
    step.timeoutMs,
    toLimitsError,
  ) as MaybePromise<void>
}

/** What a limiter threw, as the error of the step. */
export function toLimitsError(cause: unknown): LimitsExceededError | LimitsLimiterError {
  if (isLimitExceeded(cause)) return new LimitsExceededError(cause.msBeforeNext)
  return new LimitsLimiterError('the limiter failed', { cause })
}
