/** The yardstick: one GET of ioredis per token, and `JSON.parse`. It does not check revocations. */
import { Redis } from 'ioredis'
import { createTokens } from '../../fixture.ts'
import { measureLookups } from '../../measure/lookup-rounds.ts'
import { recordOf } from './fill-store.ts'

measureLookups(async ({ url }) => {
  const client = new Redis(url)
  const keys = createTokens().map((token) => `get:token:${token}`)
  await Promise.all(keys.map((key, index) => client.set(key, JSON.stringify(recordOf(index)))))
  return {
    tokenCount: keys.length,
    lookup: async (index) => JSON.parse((await client.get(keys[index] as string)) ?? 'null') as unknown,
  }
})
