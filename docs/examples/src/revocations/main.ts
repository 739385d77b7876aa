/**
 * An authorization server with PostgreSQL, and two APIs that remember answers for ten minutes. The orders API follows the
 * feed of the authorization server, and remembers answers in memory. The invoices API has two processes in another network:
 * they follow a relay, and share their answers in Redis. A token is revoked, and every process refuses it. Exits with 1 when a
 * result is unexpected.
 *
 * Run it with `POSTGRES_URL=postgres://localhost/test REDIS_URL=redis://127.0.0.1:6379 node docs/examples/src/revocations/main.ts`. It
 * removes its schema and its keys at the end.
 */
import { randomUUID } from 'node:crypto'
import type { CacheOptions } from '@token-introspection/client'
import { createRedisCacheStore } from '@token-introspection/client/redis'
import { followFeed } from '@token-introspection/client/revocations'
import { createPostgresTokenStore } from '@token-introspection/server/postgres'
import { Pool } from 'pg'
import { createClient } from 'redis'
import { INVOICES_API, ORDERS_API, startAuthorizationServer } from '../demo/authorization-server.ts'
import { beatCache } from '../demo/beat-cache.ts'
import type { Exchange } from '../demo/record-exchange.ts'
import { startRelay } from './relay.ts'

/** How long the example may take. A revocation is noticed within 30 s, the default of `leaseSeconds`. */
const LIMIT_MS = 45_000

const name = `example_${randomUUID().replaceAll('-', '')}`
const pool = new Pool({
  connectionString: process.env['POSTGRES_URL'] ?? 'postgres://localhost/postgres',
  options: `-c search_path=${name}`,
})
pool.on('error', (error) => console.error('PostgreSQL', error))
await pool.query(`CREATE SCHEMA ${name}`)
const store = createPostgresTokenStore({ pool, revocationLog: true })
await store.migrate()

const client = createClient({ url: process.env['REDIS_URL'] ?? 'redis://127.0.0.1:6379', disableOfflineQueue: true })
client.on('error', (error) => console.error('Redis', error))
await client.connect()
const keyPrefix = `{${name}}:`
// The processes of one API derive the same keys from this secret, so that they find each other's answers.
const keySecret = randomUUID()
const shared = (): Pick<CacheOptions, 'store' | 'keySecret'> => ({
  store: createRedisCacheStore({ client, keyPrefix }),
  keySecret,
})

const introspections: Exchange[] = []
const as = await startAuthorizationServer(0, (exchange) => introspections.push(exchange), store)
const relay = await startRelay(as.issuer, [INVOICES_API])
const throughRelay = followFeed({ url: relay.url })
const differences = await beatCache({
  as,
  introspections,
  print: (text) => console.log(text),
  followers: [
    { name: 'orders-api', resource: ORDERS_API, revocations: followFeed() },
    { name: 'invoices-api 1', resource: INVOICES_API, revocations: throughRelay, cache: shared() },
    { name: 'invoices-api 2', resource: INVOICES_API, revocations: throughRelay, cache: shared() },
  ],
  signal: AbortSignal.timeout(LIMIT_MS),
})
await relay.stop()
await as.stop()

for await (const keys of client.scanIterator({ MATCH: `${keyPrefix}*` })) if (keys.length > 0) await client.del(keys)
await client.close()
await pool.query(`DROP SCHEMA ${name} CASCADE`)
await pool.end()
console.log(differences.length === 0 ? '   ✔ as expected' : `   ✘ ${differences.join('; ')}`)
process.exitCode = differences.length === 0 ? 0 : 1
