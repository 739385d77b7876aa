/** How many rows stores with tables remove at a time. */

/** Rows that one `save` removes: more than one, so that a backlog shrinks. */
export const REMOVED_PER_SAVE = 2

/** Rows that `removeExpired` removes by default. */
export const REMOVED_AT_ONCE = 1000

/** @throws TypeError if a limit is not a whole number from 1. */
export function validateRemovalLimit(limit: number): void {
  if (!Number.isSafeInteger(limit) || limit < 1) throw new TypeError('limit: must be a whole number from 1')
}
