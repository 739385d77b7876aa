/** What the log of revocations of every token store must do. The cases run against each store. */
import type { ContractCase } from './contract-case.ts'
import { EVENT_CASES } from './log-event-cases.ts'
import { PAGE_CASES } from './log-page-cases.ts'
import { PROCESS_CASES } from './log-process-cases.ts'
import type { LoggedStores } from './logged-stores.ts'
import { UNLOGGED_CASES } from './unlogged-process-cases.ts'

/**
 * The contract of the log of a token store, one case per rule. Every case needs a new pair of stores with an empty log. A case
 * fails by rejecting, so any test runner will do.
 *
 * @returns the cases. Their order does not matter.
 *
 * @example
 * ```ts
 * import { createMemoryTokenStore } from '@token-introspection/server'
 * import { revocationLogContract } from '@token-introspection/testing'
 * import { describe, test } from 'vitest'
 *
 * describe('the log of my token store', () => {
 *   for (const { title, run } of revocationLogContract()) {
 *     test(title, async () => {
 *       const store = createMemoryTokenStore({ revocationLog: true }) // your store here
 *       await run({ store, other: store, keySecret: undefined })
 *     })
 *   }
 * })
 * ```
 */
export function revocationLogContract(): readonly ContractCase<LoggedStores>[] {
  return [...EVENT_CASES, ...PAGE_CASES, ...PROCESS_CASES, ...UNLOGGED_CASES]
}
