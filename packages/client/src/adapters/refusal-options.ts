/** Options of the middleware of every framework, and what all of it is made from. */
import { OptionGroup } from '@token-introspection/core/options'

/** The one option there is: what to do with a refusal, instead of sending it. */
export function resolveOnRefusal<OnRefusal>(options: unknown): OnRefusal | undefined {
  return new OptionGroup('requireToken', options, ['onRefusal']).function<OnRefusal>('onRefusal')
}

/** A client in the place of its guard is told at once, and not with the first request. */
export function requireGuard(guard: unknown): void {
  if (typeof guard !== 'function') throw new TypeError('guard: must be a guard, as client.guard() makes it')
}
