/** Step `lookup`, final check: does `isActive` of the application confirm a token that may be disclosed? (RFC 7662 §4) */
import { andThen, type MaybePromise } from '@token-introspection/core/maybe-promise'
import type { Disclosure } from '../authorization/authorize-disclosure.ts'
import { ask, type FoundToken, type LookupStep } from './find-token.ts'

/**
 * Asks `isActive` and returns what may be disclosed afterwards.
 *
 * It asks only about tokens that the caller may see. Otherwise its duration, or its failure, would reveal that a token exists.
 */
export function confirmActive(
  disclosure: Disclosure,
  { lookup }: FoundToken,
  step: LookupStep,
): MaybePromise<Disclosure> {
  const { isActive } = step
  const { record } = disclosure
  if (isActive === undefined || record === undefined) return disclosure
  return andThen(
    ask(() => isActive(record, lookup), 'lookup.isActive', lookup, step),
    (active: unknown) => {
      if (active === true) return disclosure
      if (typeof active !== 'boolean' && active !== undefined && active !== null) {
        step.warn(
          'invalid-answer',
          `lookup.isActive returned a ${typeof active}. Only true counts, so the token is inactive`,
        )
      }
      return { record: undefined, view: undefined, reason: 'not-active' }
    },
  )
}
