/** A client of Redis that fails at once while Redis is away, and connects again. */
import { Redis } from 'ioredis'

/** Opens it, for as long as the process lives. */
export async function openRedis(url: string): Promise<Redis> {
  const client = new Redis(url, {
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    lazyConnect: true,
    retryStrategy: () => 50,
  })
  client.on('error', () => undefined)
  await client.connect()
  return client
}
