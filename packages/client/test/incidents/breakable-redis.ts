/** A Redis server of a test, as an incident breaks it. */
import { Redis } from 'ioredis'
import type { TestServer } from '../../../server/test/databases/server-process.ts'
import type { BreakableRedis } from './incidents.ts'

/** @param server - without persistence, so that a restart loses everything. */
export function toBreakable({ url, crash, restart }: TestServer, keyPrefix: string): BreakableRedis {
  return {
    place: { url, keyPrefix },
    async pause(ms) {
      const client = new Redis(url)
      await client.call('CLIENT', ['PAUSE', String(ms), 'ALL'])
      client.disconnect()
    },
    async loseEverything() {
      await crash?.()
      await restart?.()
    },
  }
}
