/** How an adapter asks a guard. */
import { isPromise } from '@token-introspection/core/maybe-promise'
import type { MaybePromise, OptionalClientGuard, OptionalGuard, OptionalGuardDecision, GuardRequest } from '../index.ts'
import { errorOf } from './error-of.ts'

/** Asks for one decision. It throws and rejects with errors only. */
export type Decide = (request: GuardRequest) => MaybePromise<OptionalGuardDecision>

/**
 * A guard of a client decides synchronously when it can, so the adapter continues in the same tick. An application
 * function that wraps a guard has no `decide`, so the adapter awaits its promise.
 */
export function decideBy(guard: OptionalGuard): Decide {
  const { decide = guard } = guard as Partial<OptionalClientGuard>
  return (request) => {
    try {
      const decision: MaybePromise<OptionalGuardDecision> = decide(request)
      return isPromise(decision) ? decision.then(undefined, throwError) : decision
    } catch (error) {
      return throwError(error)
    }
  }
}

function throwError(thrown: unknown): never {
  throw errorOf(thrown)
}
