/**
 * An authorization server on Redis, and three APIs that remember answers for ten minutes. Two follow the feed over HTTP, one
 * reads the log in Redis. A token is revoked, and each API refuses it. Exits with 1 when a result is unexpected.
 *
 * Run it with `REDIS_URL=redis://127.0.0.1:6379 node docs/examples/src/revocations/on-redis.ts`. It removes its keys at the end.
 */
import { randomUUID } from 'node:crypto'
import { followRedisFeed } from '@token-introspection/client/redis'
import { followFeed } from '@token-introspection/client/revocations'
import { createRedisTokenStore } from '@token-introspection/server/redis'
import { createClient } from 'redis'
import { INVOICES_API, ORDERS_API, REPORTS_API, startAuthorizationServer } from '../demo/authorization-server.ts'
import { beatCache } from '../demo/beat-cache.ts'
import type { Exchange } from '../demo/record-exchange.ts'

/** How long the example may take. A revocation is noticed within 30 s, the default of `leaseSeconds`. */
const LIMIT_MS = 45_000

const client = createClient({ url: process.env['REDIS_URL'] ?? 'redis://127.0.0.1:6379', disableOfflineQueue: true })
client.on('error', (error) => console.error('Redis', error))
await client.connect()

const keyPrefix = `{example-${randomUUID()}}:`
const introspections: Exchange[] = []
const store = createRedisTokenStore({ client, keyPrefix, revocationLog: true })
const as = await startAuthorizationServer(0, (exchange) => introspections.push(exchange), store)
const differences = await beatCache({
  as,
  introspections,
  print: (text) => console.log(text),
  followers: [
    { name: ORDERS_API.id, resource: ORDERS_API, revocations: followFeed() },
    { name: INVOICES_API.id, resource: INVOICES_API, revocations: followFeed() },
    { name: REPORTS_API.id, resource: REPORTS_API, revocations: followRedisFeed({ client, keyPrefix }) },
  ],
  signal: AbortSignal.timeout(LIMIT_MS),
})
await as.stop()
for await (const keys of client.scanIterator({ MATCH: `${keyPrefix}*` })) if (keys.length > 0) await client.del(keys)
await client.close()
console.log(differences.length === 0 ? '   ✔ as expected' : `   ✘ ${differences.join('; ')}`)
process.exitCode = differences.length === 0 ? 0 : 1
