/** What every token store must do. The cases run against each store. */
import type { ConsumingTokenStore, ListableTokenStore, WritableTokenStore } from '@token-introspection/server'
import type { ContractCase } from './contract-case.ts'
import { CONSUMPTION_CASES } from './token-consumption-cases.ts'
import { LIST_CASES } from './token-list-cases.ts'
import { LOOKUP_CASES } from './token-lookup-cases.ts'
import { REVOCATION_CASES } from './token-revocation-cases.ts'
import { UNSTORED_CASES } from './unstored-token-cases.ts'

/**
 * The contract of the `TokenStore` and `WritableTokenStore` seams, one case per rule. The cases use tokens of their own and
 * leave them in the store, so use a store that you can throw away. It need not be empty, and one store can serve all cases.
 * A case fails by rejecting, so any test runner will do.
 *
 * @returns the cases. Their order does not matter.
 *
 * @example
 * ```ts
 * import { createMemoryTokenStore } from '@token-introspection/server'
 * import { tokenStoreContract } from '@token-introspection/testing'
 * import { describe, test } from 'vitest'
 *
 * describe('my token store', () => {
 *   for (const { title, run } of tokenStoreContract()) {
 *     test(title, () => run(createMemoryTokenStore())) // your store here
 *   }
 * })
 * ```
 */
export function tokenStoreContract(): readonly ContractCase<WritableTokenStore>[] {
  return [...LOOKUP_CASES, ...REVOCATION_CASES, ...UNSTORED_CASES]
}

/**
 * The contract of the `ConsumingTokenStore` seam, which refresh tokens need. Run it beside {@link tokenStoreContract}.
 *
 * @returns the cases. Their order does not matter.
 */
export function tokenConsumptionContract(): readonly ContractCase<ConsumingTokenStore>[] {
  return CONSUMPTION_CASES
}

/**
 * The contract of the `ListableTokenStore` seam, for stores that list tokens. Run it beside {@link tokenStoreContract}.
 *
 * @returns the cases. Their order does not matter.
 */
export function tokenListContract(): readonly ContractCase<ListableTokenStore>[] {
  return LIST_CASES
}
