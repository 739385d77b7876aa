/** How an adapter asks a guard. */
import type { MaybePromise, OptionalClientGuard, OptionalGuard, OptionalGuardDecision, GuardRequest } from '../index.ts'

/** Asks for one decision. */
export type Decide = (request: GuardRequest) => MaybePromise<OptionalGuardDecision>

/**
 * A guard of a client decides synchronously when it can, so the adapter continues in the same tick. An application
 * function that wraps a guard has no `decide`, so the adapter awaits its promise.
 */
export function decideBy(guard: OptionalGuard): Decide {
  const { decide } = guard as Partial<OptionalClientGuard>
  return decide ?? guard
}
