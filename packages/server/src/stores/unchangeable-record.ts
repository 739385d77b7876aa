/** Records that say tomorrow what they say today, so that what was made of one may be remembered. */
import type { TokenRecord } from './token-record.ts'

/** The mark of such a record. A copy does not have it. */
const UNCHANGEABLE = Symbol('unchangeable')

/** Freezes a record all the way down and marks it. It must be plain data that nobody else holds. */
export function makeUnchangeable<Claims extends object>(record: TokenRecord<Claims>): TokenRecord<Claims> {
  return deepFreeze(Object.defineProperty(record, UNCHANGEABLE, { value: true }))
}

/** Whether a record is one of those. */
export function isUnchangeable(record: TokenRecord): boolean {
  return (record as { readonly [UNCHANGEABLE]?: boolean })[UNCHANGEABLE] === true
}

function deepFreeze<Value>(value: Value): Value {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value
  Object.values(Object.freeze(value)).forEach(deepFreeze)
  return value
}
