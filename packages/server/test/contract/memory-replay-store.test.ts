/** The memory replay store follows the contract of replay stores. */
import { replayStoreContract } from '@token-introspection/testing'
import { describe, expect, test } from 'vitest'
import { createMemoryReplayStore } from '../../src/index.ts'

describe('memory replay store', () => {
  test.each(replayStoreContract({ maxKeysPerOwner: 1200 }))('$title', async ({ run }) => {
    await run(createMemoryReplayStore({ maxKeysPerOwner: 1200 }))
  })

  test('runs every case on one store', async () => {
    const store = createMemoryReplayStore()
    for (const { run } of replayStoreContract()) await run(store)
    expect(await store.remember('another', 4_102_444_800, 'owner')).toBe(true)
  })
})
