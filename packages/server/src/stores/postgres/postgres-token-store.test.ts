import { describe, expect, test } from 'vitest'
import { digestToken } from '../token-store.ts'
import {
  createPostgresTokenStore,
  type PostgresPool,
  type PostgresQuery,
  type PostgresTokenStoreOptions,
} from './index.ts'

const START = 1_764_000_000

const POOL: PostgresPool = { query: () => Promise.resolve({ rows: [], rowCount: 0 }) }

/** A store over a pool without rows. The tests with a real database are in `test/contract`. */
function create() {
  const asked: PostgresQuery[] = []
  const pool: PostgresPool = {
    query(query) {
      asked.push(query)
      return Promise.resolve({ rows: [], rowCount: 0 })
    },
  }
  return { asked, store: createPostgresTokenStore({ pool, now: () => START * 1000 + 999 }) }
}

describe('createPostgresTokenStore', () => {
  test('does not use the pool before the first call', () => {
    expect(create().asked).toEqual([])
  })

  test('gives every statement a name, and every name one text', async () => {
    const { store, asked } = create()
    const digests = await Promise.all(['a', 'b'].map(async (token) => await digestToken(token)))
    await store.find(digests[0] as string)
    await Promise.all(digests.map((digest) => store.find(digest)))
    await store.save('a', { kind: 'access_token' })
    await store.revoke('a')
    await store.revoke('a', { kind: 'access_token' })
    await store.isRevoked('a', { kind: 'access_token' })
    await store.revokeSubject('alice')
    await store.removeExpired()
    const texts = new Map(asked.map(({ name, text }) => [name, text]))
    expect(texts.size).toBe(new Set(texts.values()).size)
    expect([...texts.keys()]).not.toContain(undefined)
    // PostgreSQL truncates longer names.
    for (const name of texts.keys()) expect(name?.length).toBeLessThan(64)
  })

  test('lets the database date a revocation without a moment, and sends the time of the process', async () => {
    const { store, asked } = create()
    await store.revokeClient('web')
    await store.revokeSubject('alice', START - 5)
    expect(asked[0]?.values).toEqual(['client', 'web', null, START, 3600 + 3600])
    expect(asked[1]?.values).toEqual(['subject', 'alice', START - 5, START, 3600 + 3600])
  })

  test('treats a missing answer as revoked', async () => {
    expect(await create().store.isRevoked('digest', { kind: 'access_token' })).toBe(true)
  })

  test.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])('refuses to remove %s rows', async (limit) => {
    await expect(create().store.removeExpired(limit)).rejects.toThrow(TypeError)
  })

  test.each([
    ['pool', {}],
    ['pool', { pool: 'postgres://localhost' }],
    ['pool', { pool: {} }],
    ['now', { pool: POOL, now: 5 }],
    ['unstoredLifetimeSeconds', { pool: POOL, unstoredLifetimeSeconds: -1 }],
    ['schema', { pool: POOL, schema: 'public' }],
  ])('refuses a wrong option %s', (path, options) => {
    expect(() => createPostgresTokenStore(options as unknown as PostgresTokenStoreOptions)).toThrow(TypeError)
    expect(() => createPostgresTokenStore(options as unknown as PostgresTokenStoreOptions)).toThrow(`${path}:`)
  })
})
