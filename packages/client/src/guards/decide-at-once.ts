/** Adds `decide`, `presentedToken` and `watch` to a guard, so that wrappers of the guard do not get `decide` by accident. */
import type { MaybePromise } from '@token-introspection/core/maybe-promise'
import type { PresentedTokenOf } from './presented-by.ts'
import type { WatchRequest } from './watch-by.ts'
import { requireGuardRequest } from '../token/require-guard-request.ts'

/** A function that returns a promise, and can return the value itself. */
type AtOnce<Request, Decision> = ((request: Request) => Promise<Decision>) & {
  readonly decide: (request: Request) => MaybePromise<Decision>
  readonly presentedToken: PresentedTokenOf
  readonly watch: WatchRequest
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
  presentedToken: PresentedTokenOf,
  watch?: WatchRequest,
): AtOnce<Request, Decision> {
  const promised = async (request: Request): Promise<Decision> => decide(request)
  // Thrown, not rejected: Express 4 ignores a promise, and the caller of an application that mounts a guard would wait for ever.
  const guard = (request: Request): Promise<Decision> => {
    requireGuardRequest(request)
    return promised(request)
  }
  return Object.defineProperties(guard, {
    decide: {
      get(this: typeof guard) {
        return this === guard ? decide : (request: Request) => this(request)
      },
    },
    // These let no request pass, so a wrapper may have them.
    presentedToken: { value: presentedToken },
    watch: { value: watch },
  }) as unknown as AtOnce<Request, Decision>
}
