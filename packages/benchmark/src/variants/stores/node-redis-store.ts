/** Ours: `createRedisTokenStore` over node-redis. */
import { createRedisTokenStore } from '@token-introspection/server/redis'
import { createClient } from 'redis'
import { measureLookups } from '../../measure/lookup-rounds.ts'
import { fillStore } from './fill-store.ts'

measureLookups(async ({ url }) => {
  const client = createClient({ url })
  client.on('error', (error) => console.error(error))
  await client.connect()
  const store = createRedisTokenStore({ client, keyPrefix: '{node-redis}:' })
  const digests = await fillStore(store)
  return { tokenCount: digests.length, lookup: async (index) => await store.find(digests[index] as string) }
})
