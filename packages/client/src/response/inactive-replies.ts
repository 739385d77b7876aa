/** Options of step `response`: replies other than 200 that mean an inactive token. */
import { OptionGroup } from '@token-introspection/core/options'
import type { InactiveReply } from '../transport/read-reply.ts'

/** Resolves `response.inactiveWhen`; `undefined` when the option is not given. */
export function resolveInactiveReplies(response: OptionGroup): readonly InactiveReply[] | undefined {
  const given = response.raw('inactiveWhen')
  if (given === undefined) return undefined
  if (!Array.isArray(given)) throw response.error('inactiveWhen', 'must be an array')
  return Object.freeze(
    given.map((each: unknown, index) => {
      const group = new OptionGroup(response.path(`inactiveWhen[${index}]`), each ?? null, ['status', 'error'])
      const status = group.raw('status')
      if (!mayMeanInactive(status)) throw group.error('status', 'must be 204, or from 400 to 499 except 408 and 429')
      return Object.freeze({ status, error: group.string('error') })
    }),
  )
}

/** An outage, an overload or a redirect says nothing about the token. A reply with 200 has a body that does. */
function mayMeanInactive(status: unknown): status is number {
  if (status === 204) return true
  return Number.isInteger(status) && Number(status) >= 400 && Number(status) < 500 && status !== 408 && status !== 429
}
