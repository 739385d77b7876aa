/** Every store refuses records that it cannot keep and revocations of nothing, and writes nothing. */
import { DatabaseSync } from 'node:sqlite'
import { expect, onTestFinished, test } from 'vitest'
import { createMemoryTokenStore, type WritableTokenStore } from '../../src/index.ts'
import { createPostgresTokenStore } from '../../src/stores/postgres/index.ts'
import { createRedisTokenStore } from '../../src/stores/redis/index.ts'
import { createSqliteTokenStore } from '../../src/stores/sqlite/index.ts'

/** A store, and the number of writes to its database. */
interface WatchedStore {
  readonly store: WritableTokenStore
  readonly written: () => number
}

function watchMemory(): WatchedStore {
  const store = createMemoryTokenStore()
  return { store, written: () => store.size }
}

function watchSqlite(): WatchedStore {
  const database = new DatabaseSync(':memory:')
  onTestFinished(() => database.close())
  const store = createSqliteTokenStore({ database })
  const count = database.prepare(
    'SELECT (SELECT count(*) FROM introspection_tokens) + (SELECT count(*) FROM introspection_cutoffs) AS count',
  )
  return { store, written: () => Number(count.get()?.['count']) }
}

function watchPostgres(): WatchedStore {
  let queries = 0
  const query = () => Promise.resolve({ rows: [], rowCount: ++queries })
  return { store: createPostgresTokenStore({ pool: { query } }), written: () => queries }
}

function watchRedis(): WatchedStore {
  let commands = 0
  const call = () => Promise.resolve([++commands])
  return { store: createRedisTokenStore({ client: { call } }), written: () => commands }
}

test.each([
  ['memory', watchMemory],
  ['SQLite', watchSqlite],
  ['PostgreSQL', watchPostgres],
  ['Redis', watchRedis],
])('the %s token store refuses calls that no store can carry out, and writes nothing', async (_, watch) => {
  const { store, written } = watch()
  await expect(store.save('', { kind: 'access_token' })).rejects.toThrow(/^token:/)
  await expect(store.save('token', { kind: 'access_token', exp: 1_764_000_000_000 })).rejects.toThrow(/^record\.exp:/)
  await expect(store.save('token', { kind: 'access_token', sub: 42 } as never)).rejects.toThrow(/^record\.sub:/)
  await expect(store.save('token', { kind: 'access_token', tenant: 'a' } as never)).rejects.toThrow(/^record\.tenant:/)
  await expect(store.revokeGrant('')).rejects.toThrow(/^grantId:/)
  await expect(store.revokeSession('')).rejects.toThrow(/^sessionId:/)
  await expect(store.revokeSubject('alice', 1_764_000_000_000)).rejects.toThrow(/^at:/)
  await expect(store.revokeClient('')).rejects.toThrow(/^clientId:/)
  expect(written()).toBe(0)
  await store.save('token', { kind: 'access_token' })
  expect(written()).toBeGreaterThan(0)
})
