import { DatabaseSync } from 'node:sqlite'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { TokenRecord } from '../token-record.ts'
import { digestToken } from '../token-store.ts'
import { createSqliteTokenStore, type SqliteTokenStoreOptions } from './index.ts'

const START = 1_764_000_000

/** A store in memory that holds every token by default, its clock in seconds, and the rows of its tables. */
function create(unstoredLifetimeSeconds = 0) {
  const database = new DatabaseSync(':memory:')
  onTestFinished(() => {
    if (database.isOpen) database.close()
  })
  const clock = { seconds: START }
  const store = createSqliteTokenStore({ database, now: () => clock.seconds * 1000, unstoredLifetimeSeconds })
  const count = (table: 'tokens' | 'cutoffs'): unknown =>
    database.prepare(`SELECT count(*) AS count FROM introspection_${table}`).get()?.['count']
  return { database, clock, store, count }
}

/** A database that records the statements it prepares. */
function spyOn(database: DatabaseSync) {
  const seen: string[] = []
  const spying = {
    exec: (sql: string) => database.exec(sql),
    prepare(sql: string) {
      seen.push(sql)
      return database.prepare(sql)
    },
  }
  return { spying, seen }
}

function lasting(seconds: number): TokenRecord {
  return { kind: 'access_token', iat: START, exp: START + seconds }
}

describe('createSqliteTokenStore', () => {
  test('finds without a promise', async () => {
    const { store } = create()
    await store.save('token', lasting(60))
    expect(store.find(await digestToken('token'))).toEqual(lasting(60))
  })

  test('accepts a record whose absent members are null, as databases return them', async () => {
    const { store } = create()
    const nulls = { kind: 'access_token', grantId: undefined, sub: null, client_id: null } as unknown as TokenRecord
    await store.save('token', nulls)
    expect(store.find(await digestToken('token'))).toEqual({ kind: 'access_token', sub: null, client_id: null })
  })

  test('has no numbered parameters, which Node before 24.7 does not bind', () => {
    const { spying, seen } = spyOn(create().database)
    createSqliteTokenStore({ database: spying, revocationLog: { keySecret: 'k'.repeat(32) } })
    expect(seen.length).toBeGreaterThan(10)
    expect(seen.filter((sql) => /\?\d/.test(sql))).toEqual([])
  })

  test('finds by primary keys only', () => {
    const { database } = create()
    const { spying, seen } = spyOn(database)
    const store = createSqliteTokenStore({ database: spying })
    const prepared = seen.length
    store.find('digest')
    expect(seen).toHaveLength(prepared)
    const lookup = seen.find((sql) => sql.trimStart().startsWith('SELECT record')) as string
    const plan = database.prepare(`EXPLAIN QUERY PLAN ${lookup}`).all('digest')
    const searches = plan.map(({ detail }) => detail).filter((detail) => /^(?:SEARCH|SCAN)/.test(String(detail)))
    expect(searches).toEqual([
      'SEARCH token USING INDEX sqlite_autoindex_introspection_tokens_1 (digest=?)',
      ...Array.from({ length: 4 }, () => 'SEARCH introspection_cutoffs USING PRIMARY KEY (kind=? AND identifier=?)'),
    ])
  })

  test('says whether a token was revoked by primary keys only', () => {
    const { database } = create()
    const seen: string[] = []
    createSqliteTokenStore({
      database: { exec: () => undefined, prepare: (sql) => (seen.push(sql), database.prepare(sql)) },
    })
    const [sql] = seen.filter((text) => text.includes('AS revoked'))
    const plan = database.prepare(`EXPLAIN QUERY PLAN ${sql}`).all('digest', START, 'g', 's', 'u', 'c')
    const searches = plan
      .map(({ detail }) => String(detail))
      .filter((detail) => /^(?:SEARCH|SCAN (?!CONSTANT))/.test(detail))
    expect(searches).toHaveLength(9)
    for (const search of searches) expect(search).toMatch(/^SEARCH .*\((?:digest=\?|kind=\? AND identifier=\?)\)$/)
  })

  test('removes rows with an index, never with a full scan', () => {
    const { database } = create()
    const seen: string[] = []
    createSqliteTokenStore({
      database: { exec: () => undefined, prepare: (sql) => (seen.push(sql), database.prepare(sql)) },
    })
    const removals = seen.filter((sql) => sql.trimStart().startsWith('DELETE'))
    expect(removals).toHaveLength(7)
    for (const sql of removals) {
      const values = Array.from(sql.matchAll(/\?/g), () => 1)
      const plan = database.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(...values)
      expect(plan.filter(({ detail }) => String(detail).startsWith('SCAN introspection'))).toEqual([])
      // The index needs both columns. Otherwise each removal would read the tokens that were issued after the cutoff.
      if (sql.includes('iat <=')) expect(plan.some(({ detail }) => String(detail).includes('iat<?'))).toBe(true)
    }
  })

  test('revokes any number of tokens with one row', async () => {
    const { store, count } = create()
    for (let index = 0; index < 50; index++) await store.save(`token-${index}`, { ...lasting(60), sub: 'alice' })
    await store.revokeSubject('alice')
    await store.revokeSubject('alice')
    expect([count('tokens'), count('cutoffs')]).toEqual([50, 1])
    expect(store.find(await digestToken('token-49'))).toBeNull()
  })

  describe('removal', () => {
    test('keeps a tombstone of a revoked token until five minutes after its expiry', async () => {
      const { store, clock, count } = create()
      await store.save('token', { ...lasting(60), sub: 'alice' })
      await store.revoke('token')
      expect(store.find(await digestToken('token'))).toEqual({ ...lasting(60), revoked: true })
      clock.seconds = START + 359
      expect([store.removeExpired(), count('tokens')]).toEqual([0, 1])
      clock.seconds = START + 360
      expect([store.removeExpired(), count('tokens')]).toEqual([1, 0])
    })

    test('removes two expired tokens with each saved token', async () => {
      const { store, clock, count } = create()
      for (let index = 0; index < 10; index++) await store.save(`short-${index}`, lasting(60))
      clock.seconds = START + 59.999
      await store.save('next-0', lasting(3600))
      expect(count('tokens')).toBe(11)
      clock.seconds = START + 60
      await store.save('next-1', lasting(3600))
      expect(count('tokens')).toBe(10)
      for (let index = 2; index < 10; index++) await store.save(`next-${index}`, lasting(3600))
      expect(count('tokens')).toBe(10)
    })

    test('removes at most the given number of rows, and returns how many', async () => {
      const { store, clock, count } = create()
      for (let index = 0; index < 5; index++) await store.save(`short-${index}`, lasting(60))
      await store.save('endless', { kind: 'access_token' })
      expect(store.removeExpired()).toBe(0)
      clock.seconds = START + 60
      expect([store.removeExpired(3), store.removeExpired(3), store.removeExpired(3)]).toEqual([3, 2, 0])
      expect(count('tokens')).toBe(1)
    })

    test('keeps a cutoff for an hour, then removes the tokens it covers, and the cutoff last', async () => {
      const { store, clock, count } = create()
      for (let index = 0; index < 5; index++) {
        await store.save(`old-${index}`, { kind: 'refresh_token', sub: 'alice', iat: START })
      }
      await store.revokeSubject('alice')
      clock.seconds = START + 3599
      await store.save('new', { kind: 'refresh_token', sub: 'alice', iat: START + 3599 })
      expect([count('tokens'), count('cutoffs')]).toEqual([6, 1])
      clock.seconds = START + 3600
      expect(store.removeExpired(4)).toBe(4)
      expect([count('tokens'), count('cutoffs')]).toEqual([2, 1])
      expect(store.find(await digestToken('old-4'))).toBeNull()
      expect(store.removeExpired(4)).toBe(2)
      expect([count('tokens'), count('cutoffs')]).toEqual([1, 0])
      expect(store.find(await digestToken('new'))).toMatchObject({ sub: 'alice' })
      expect(store.find(await digestToken('old-4'))).toBeNull()
    })

    test.each(['revokeGrant', 'revokeSession', 'revokeClient'] as const)(
      'removes the tokens that %s has covered for an hour',
      async (method) => {
        const { store, clock, count } = create()
        await store.save('a', { ...lasting(9000), grantId: 'x', sessionId: 'x', client_id: 'x' })
        await store.save('b', { ...lasting(9000), grantId: 'y', sessionId: 'y', client_id: 'y' })
        await store[method]('x')
        clock.seconds = START + 3600
        store.removeExpired()
        expect([count('tokens'), count('cutoffs')]).toEqual([1, 0])
        expect(store.find(await digestToken('b'))).not.toBeNull()
      },
    )

    test('keeps a cutoff in the future until an hour after it', async () => {
      const { store, clock, count } = create()
      await store.revokeSubject('alice', START + 1000)
      clock.seconds = START + 4599
      store.removeExpired()
      expect(count('cutoffs')).toBe(1)
      clock.seconds = START + 4600
      store.removeExpired()
      expect(count('cutoffs')).toBe(0)
    })

    test('keeps a cutoff for the lifetime of unstored tokens in addition', async () => {
      const { store, clock } = create(90_000)
      const jwt: TokenRecord = { kind: 'access_token', sub: 'alice', iat: START }
      await store.revokeSubject('alice')
      clock.seconds = START + 93_599
      store.removeExpired()
      expect(store.isRevoked('digest', jwt)).toBe(true)
      clock.seconds = START + 93_600
      store.removeExpired()
      expect(store.isRevoked('digest', jwt)).toBe(false)
    })

    test('replaces a token by a tombstone until five minutes after exp', async () => {
      const { store, clock, count } = create()
      await store.save('jwt', { ...lasting(60), sub: 'alice' })
      await store.revoke('jwt', { ...lasting(60), sub: 'alice' })
      expect(count('tokens')).toBe(1)
      clock.seconds = START + 359
      expect(store.removeExpired()).toBe(0)
      expect(store.find(await digestToken('jwt'))).toEqual({ ...lasting(60), revoked: true })
      clock.seconds = START + 360
      expect(store.removeExpired()).toBe(1)
    })

    test('removes two expired rows with each new tombstone', async () => {
      const { store, clock, count } = create()
      for (let index = 0; index < 10; index++) await store.revoke(`short-${index}`, lasting(60))
      clock.seconds = START + 360
      for (let index = 0; index < 10; index++) await store.revoke(`next-${index}`, lasting(3600))
      expect(count('tokens')).toBe(10)
    })

    test.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])('refuses the limit %s', (limit) => {
      expect(() => create().store.removeExpired(limit)).toThrow(TypeError)
    })
  })

  test('throws for a closed database in every method', async () => {
    const { store, database } = create()
    database.close()
    const now = START
    expect(() => store.find('digest')).toThrow(Error)
    expect(() => store.isRevoked('digest', lasting(60))).toThrow(Error)
    await expect(store.revoke('token', lasting(60))).rejects.toThrow(Error)
    await expect(store.save('token', lasting(60))).rejects.toThrow(Error)
    await expect(store.revoke('token')).rejects.toThrow(Error)
    await expect(store.revokeGrant('a')).rejects.toThrow(Error)
    await expect(store.revokeSession('a')).rejects.toThrow(Error)
    await expect(store.revokeSubject('a', now)).rejects.toThrow(Error)
    await expect(store.revokeClient('a')).rejects.toThrow(Error)
  })

  test.each([
    ['database', {}],
    ['database', { database: 'tokens.sqlite' }],
    ['database', { database: { exec: () => undefined } }],
    ['now', { database: new DatabaseSync(':memory:'), now: 5 }],
    ['unstoredLifetimeSeconds', { database: new DatabaseSync(':memory:'), unstoredLifetimeSeconds: -1 }],
    ['path', { database: new DatabaseSync(':memory:'), path: 'tokens.sqlite' }],
  ])('refuses a wrong option %s', (path, options) => {
    expect(() => createSqliteTokenStore(options as unknown as SqliteTokenStoreOptions)).toThrow(TypeError)
    expect(() => createSqliteTokenStore(options as unknown as SqliteTokenStoreOptions)).toThrow(`${path}:`)
  })
})
