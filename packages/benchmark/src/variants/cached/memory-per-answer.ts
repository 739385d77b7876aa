/** The memory that an answer takes in the cache. */
import { answerParent } from '../../measure/answer-parent.ts'
import { collectGarbage } from './collect-garbage.ts'
import { createFilledClient } from './create-filled-client.ts'

/** Enough entries to create everything that is created once. */
const WARM_UP_ENTRIES = 5000

answerParent({
  async measure({ entries }: { entries: number }): Promise<number> {
    const warmUp = await createFilledClient(WARM_UP_ENTRIES)
    await warmUp.introspection.close()
    await warmUp.introspection.forgetAll()
    const before = await usedBytes()
    const filled = await createFilledClient(entries)
    const after = await usedBytes()
    if (filled.introspection.statistics().entries !== entries) throw new Error('not every answer was kept')
    return (after - before) / entries
  },
})

async function usedBytes(): Promise<number> {
  await collectGarbage()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}
