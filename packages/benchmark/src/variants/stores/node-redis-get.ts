/** The yardstick: one GET of node-redis per token, and `JSON.parse`. It does not check revocations. */
import { createClient } from 'redis'
import { createTokens } from '../../fixture.ts'
import { measureLookups } from '../../measure/lookup-rounds.ts'
import { recordOf } from './fill-store.ts'

measureLookups(async ({ url }) => {
  const client = createClient({ url })
  client.on('error', (error) => console.error(error))
  await client.connect()
  const keys = createTokens().map((token) => `get:token:${token}`)
  await Promise.all(keys.map((key, index) => client.set(key, JSON.stringify(recordOf(index)))))
  return {
    tokenCount: keys.length,
    lookup: async (index) => JSON.parse((await client.get(keys[index] as string)) ?? 'null') as unknown,
  }
})
