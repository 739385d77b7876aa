/** The memory token store follows the contract of token stores. */
import { createMemoryTokenStore } from '../../src/index.ts'
import { describe, expect, test } from 'vitest'
import { tokenConsumptionContract, tokenListContract, tokenStoreContract } from '@token-introspection/testing'

const STORE_CASES = [...tokenStoreContract(), ...tokenConsumptionContract(), ...tokenListContract()]

describe('memory token store', () => {
  test.each(STORE_CASES)('$title', async ({ run }) => {
    await run(createMemoryTokenStore())
  })

  test('runs every case on one store', async () => {
    const store = createMemoryTokenStore()
    for (const { run } of STORE_CASES) await run(store)
    expect(store.size).toBeGreaterThan(1000)
  })
})
