/** The memory that an answer takes in the cache, without what a client takes once. */
import { answerParent } from '../../measure/answer-parent.ts'
import { createBenchFeed } from './bench-feed.ts'
import { collectGarbage } from './collect-garbage.ts'
import { createFilledClient } from './create-filled-client.ts'

/** Enough entries to create everything that is created once. */
const WARM_UP_ENTRIES = 5000

answerParent({
  /** @param followed - whether the clients follow a feed of revocations. */
  async measure({ entries, followed = false }: { entries: number; followed?: boolean }): Promise<number> {
    const create = (count: number) => createFilledClient(count, count, followed ? createBenchFeed() : undefined)
    const warmUp = await create(WARM_UP_ENTRIES)
    await warmUp.introspection.close()
    await warmUp.introspection.forgetAll()
    const start = await usedBytes()
    const smallest = await create(1)
    const before = await usedBytes()
    const filled = await create(entries)
    const after = await usedBytes()
    for (const [client, count] of [[smallest, 1] as const, [filled, entries] as const]) {
      if (client.introspection.statistics().entries !== count) throw new Error('not every answer was kept')
      await client.introspection.close()
    }
    return (after - before - (before - start)) / (entries - 1)
  },
})

async function usedBytes(): Promise<number> {
  await collectGarbage()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}
