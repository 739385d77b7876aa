/** The memory token store follows the contract of token stores. */
import { createMemoryTokenStore } from '../../src/index.ts'
import { describe, expect, test } from 'vitest'
import { tokenStoreContract } from '@token-introspection/testing'

describe('memory token store', () => {
  test.each(tokenStoreContract())('$title', async ({ run }) => {
    await run(createMemoryTokenStore())
  })

  test('runs every case on one store', async () => {
    const store = createMemoryTokenStore()
    for (const { run } of tokenStoreContract()) await run(store)
    expect(store.size).toBeGreaterThan(1000)
  })
})
