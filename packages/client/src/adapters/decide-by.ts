/** How an adapter asks a guard. */
import type { MaybePromise, OptionalClientGuard, OptionalGuard, OptionalGuardDecision, GuardRequest } from '../index.ts'

/** Asks for one decision. */
export type Decide = (request: GuardRequest) => MaybePromise<OptionalGuardDecision>

/**
 * A guard of a client decides at once where it can, so the adapter goes on in the same tick. A function of the application
 * that wraps a guard has no `decide`, and its promise is waited for.
 */
export function decideBy(guard: OptionalGuard): Decide {
  const { decide } = guard as Partial<OptionalClientGuard>
  return decide ?? guard
}
