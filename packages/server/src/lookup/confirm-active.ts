/** Step `lookup`, its last word: is a token that may be disclosed still good, where that is known elsewhere? (RFC 7662 §4) */
import { andThen, type MaybePromise } from '@token-introspection/core/maybe-promise'
import type { Disclosure } from '../authorization/authorize-disclosure.ts'
import { ask, type FoundToken, type LookupStep } from './find-token.ts'

/**
 * What may be disclosed once `isActive` has been asked.
 *
 * It is asked about tokens that the caller may know about, and about no other: the time it takes, and its outage, would
 * tell that a token exists.
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
          `lookup.isActive gave a ${typeof active}: only true counts, so the token is inactive`,
        )
      }
      return { record: undefined, view: undefined, reason: 'not-active' }
    },
  )
}
