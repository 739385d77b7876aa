/** Adds `decide` to a guard, so that wrappers of the guard do not get it by accident. */
import type { MaybePromise } from '@token-introspection/core/maybe-promise'
import { requireGuardRequest } from '../token/require-guard-request.ts'

/** A function that returns a promise, and can return the value itself. */
type AtOnce<Request, Decision> = ((request: Request) => Promise<Decision>) & {
  readonly decide: (request: Request) => MaybePromise<Decision>
}

/**
 * Makes a guard from a function that decides synchronously when it can.
 *
 * Security: an application may wrap a guard to check more, with a `Proxy`, `Object.assign` or a prototype. Then `decide` of the
 * wrapper must not skip the checks of the wrapper. `Object.assign` does not copy the member, and if a wrapper inherits it, its
 * `decide` calls the wrapper.
 */
export function decideAtOnce<Request, Decision>(
  decide: (request: Request) => MaybePromise<Decision>,
): AtOnce<Request, Decision> {
  const promised = async (request: Request): Promise<Decision> => decide(request)
  // Thrown, not rejected: Express 4 ignores a promise, and the caller of an application that mounts a guard would wait for ever.
  const guard = (request: Request): Promise<Decision> => {
    requireGuardRequest(request)
    return promised(request)
  }
  return Object.defineProperty(guard, 'decide', {
    get(this: typeof guard) {
      return this === guard ? decide : (request: Request) => this(request)
    },
  }) as unknown as AtOnce<Request, Decision>
}
