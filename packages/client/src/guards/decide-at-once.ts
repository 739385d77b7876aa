/** Adds `decide` to a guard, so that wrappers of the guard do not get it by accident. */
import type { MaybePromise } from '@token-introspection/core/maybe-promise'

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
  const guard = async (request: Request): Promise<Decision> => decide(request)
  return Object.defineProperty(guard, 'decide', {
    get(this: typeof guard) {
      return this === guard ? decide : (request: Request) => this(request)
    },
  }) as unknown as AtOnce<Request, Decision>
}
