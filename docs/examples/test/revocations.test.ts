import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { Client } from 'pg'
import { createClient } from 'redis'
import { afterAll, describe, expect, test } from 'vitest'
import { startPostgres } from '../../../packages/server/test/databases/start-postgres.ts'
import { startRedis } from '../../../packages/server/test/databases/start-redis.ts'

const redis = await startRedis('the examples of revocations')
const postgres = await startPostgres('the example of revocations with PostgreSQL')
afterAll(() => Promise.all([redis?.stop(), postgres?.stop()]))

const SLOWNESS = /^\(.*(\[ERR_CACHE_STORE\]|\[revocation-log-unavailable\]|--trace-warnings).*\n/gm

async function run(program: string): Promise<string> {
  const path = fileURLToPath(new URL(`../src/revocations/${program}`, import.meta.url))
  const env = { ...process.env, REDIS_URL: redis?.url, POSTGRES_URL: postgres?.url }
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [path], { env })
  // A busy machine may be too slow for the cache in Redis, and then the API asks for itself; or for the log in PostgreSQL,
  // and then an answer goes out without its proof. Warnings say both, and the example must succeed all the same.
  expect(stderr.replaceAll(SLOWNESS, '')).toBe('')
  expect(stdout).toContain('✔ as expected')
  expect(stdout).not.toMatch(/(api|relay)-secret/)
  expect(await keysLeft()).toEqual([])
  return stdout
}

async function keysLeft(): Promise<string[]> {
  const client = createClient({ url: redis?.url ?? '' })
  await client.connect()
  const left = await client.keys('{example*')
  client.destroy()
  return left
}

const refused = (name: string): RegExp => new RegExp(`${name} refused the token [\\d.]+ ms after its revocation`)

describe.skipIf(redis === undefined || postgres === undefined)('the example with PostgreSQL and Redis', () => {
  test('has two APIs that refuse a revoked token, one of them through a relay, exits 0 and leaves nothing', async () => {
    const stdout = await run('main.ts')
    expect(stdout).toMatch(/1500 calls with the token, [23] introspection requests/)
    for (const name of ['orders-api', 'invoices-api 1', 'invoices-api 2']) expect(stdout).toMatch(refused(name))

    const client = new Client({ connectionString: postgres?.url })
    await client.connect()
    const { rows } = await client.query("SELECT nspname FROM pg_namespace WHERE nspname LIKE 'example%'")
    await client.end()
    expect(rows).toEqual([])
  })
})

describe.skipIf(redis === undefined)('the example on Redis', () => {
  test('has three APIs that refuse a revoked token, exits 0, and leaves no keys', async () => {
    const stdout = await run('on-redis.ts')
    expect(stdout).toContain('1500 calls with the token, 3 introspection requests')
    for (const name of ['orders', 'invoices', 'reports']) expect(stdout).toMatch(refused(`${name}-api`))
  })
})
