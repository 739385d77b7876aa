/** Clients of both libraries for Redis in tests. Each is closed when its test ends. */
import { randomUUID } from 'node:crypto'
import { Redis } from 'ioredis'
import { createClient } from 'redis'
import { onTestFinished } from 'vitest'

/** Opens a client of node-redis that rejects while it is not connected. */
export async function openNodeRedis(url: string) {
  const client = createClient({ url, disableOfflineQueue: true, socket: { reconnectStrategy: 50 } })
  client.on('error', () => undefined)
  await client.connect()
  onTestFinished(() => client.destroy())
  return client
}

/**
 * Opens a client of ioredis that rejects while it is not connected.
 *
 * @param more - more options, such as a prefix that the client puts before keys.
 */
export async function openIoredis(url: string, more: object = {}) {
  const client = new Redis(url, {
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    lazyConnect: true,
    retryStrategy: () => 50,
    ...more,
  })
  client.on('error', () => undefined)
  await client.connect()
  onTestFinished(() => client.disconnect())
  return client
}

/** Both libraries by their names. */
export const REDIS_LIBRARIES = [
  ['node-redis', openNodeRedis],
  ['ioredis', (url: string) => openIoredis(url)],
] as const

/** A prefix for keys that no other test has. Its braces keep the keys in one slot of a cluster. */
export function ownKeyPrefix(): string {
  return `{${randomUUID()}}:`
}
