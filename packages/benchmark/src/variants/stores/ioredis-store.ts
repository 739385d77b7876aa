/** Ours: `createRedisTokenStore` over ioredis. */
import { createRedisTokenStore } from '@token-introspection/server/redis'
import { Redis } from 'ioredis'
import { measureLookups } from '../../measure/lookup-rounds.ts'
import { fillStore } from './fill-store.ts'

measureLookups(async ({ url }) => {
  const client = new Redis(url)
  const store = createRedisTokenStore({ client, keyPrefix: '{ioredis}:' })
  const digests = await fillStore(store)
  return { tokenCount: digests.length, lookup: async (index) => await store.find(digests[index] as string) }
})
