/** The PostgreSQL token store follows the contract of token stores, and survives a failure of the server. */
import { randomUUID } from 'node:crypto'
import { tokenConsumptionContract, tokenListContract, tokenStoreContract } from '@token-introspection/testing'
import { Pool } from 'pg'
import { afterAll, describe, expect, onTestFinished, test } from 'vitest'
import {
  createPostgresTokenStore,
  type PostgresPool,
  type PostgresQuery,
  type PostgresTokenStore,
  postgresTokenStoreSchema,
} from '../../src/stores/postgres/index.ts'
import { digestToken, type TokenRecord, type WritableTokenStore } from '../../src/index.ts'
import { startPostgres } from '../databases/start-postgres.ts'
import { PEPPER_STATES, saveElsewhere } from './peppered-stores.ts'
import { consumeInTurn, findByToken, lasting, START } from './stored-tokens.ts'
import { surviveOutage } from './survive-outage.ts'

const STORE_CASES = [...tokenStoreContract(), ...tokenConsumptionContract(), ...tokenListContract()]

const server = await startPostgres('the tests of the PostgreSQL token store')
afterAll(() => server?.stop())

/** A function that opens pools with tables of their own. */
async function openSchema(): Promise<() => Pool> {
  const schema = `test_${randomUUID().replaceAll('-', '')}`
  const open = (): Pool => {
    const pool = new Pool({
      connectionString: server?.url,
      options: `-c search_path=${schema}`,
      connectionTimeoutMillis: 60_000,
      max: 4,
    })
    pool.on('error', () => undefined)
    onTestFinished(() => pool.end())
    return pool
  }
  await open().query(`CREATE SCHEMA ${schema}`)
  return open
}

/** A store that holds every token by default, its clock in seconds, and its queries. */
async function create(unstoredLifetimeSeconds = 0, pepper?: (string | null)[]) {
  const open = await openSchema()
  const pool = open()
  const clock = { seconds: START }
  const asked: PostgresQuery[] = []
  const query: PostgresPool['query'] = (config) => (asked.push(config), pool.query(config as never))
  const store = createPostgresTokenStore({
    pool: { query },
    now: () => clock.seconds * 1000,
    unstoredLifetimeSeconds,
    pepper,
  })
  await store.migrate()
  asked.length = 0
  const count = async (table: 'tokens' | 'cutoffs'): Promise<number> => {
    const { rows } = await pool.query<{ count: number }>(`SELECT count(*)::int AS count FROM introspection_${table}`)
    return rows[0]?.count ?? Number.NaN
  }
  return { open, pool, clock, asked, store, count }
}

async function digestOf(token: string): Promise<string> {
  return await digestToken(token)
}

async function saveEach(store: WritableTokenStore, prefix: string, count: number, record: TokenRecord) {
  for (let index = 0; index < count; index++) await store.save(`${prefix}-${index}`, record)
}

describe.skipIf(server === undefined)('PostgreSQL token store', () => {
  test.each(STORE_CASES)('$title', async ({ run }) => {
    await run((await create()).store)
  })

  test('runs every case on one store', async () => {
    const { pool, count } = await create()
    const store = createPostgresTokenStore({ pool })
    for (const { run } of STORE_CASES) await run(store)
    expect(await count('tokens')).toBeGreaterThan(1000)
  })

  test.skipIf(server?.crash === undefined)(
    'rejects while the server is down, which is answered 503, and works afterwards',
    async () => {
      const { store } = await create()
      await surviveOutage(store, server, [() => store.removeExpired()])
    },
  )
})

describe.skipIf(server === undefined)('PostgreSQL token store over two pools', () => {
  test.each(STORE_CASES)('$title', async ({ run }) => {
    const open = await openSchema()
    const [writer, reader] = [createPostgresTokenStore({ pool: open() }), createPostgresTokenStore({ pool: open() })]
    await writer.migrate()
    await run({
      ...writer,
      find: (digest) => reader.find(digest),
      consume: consumeInTurn(writer, reader),
      list: (query) => reader.list(query),
      isRevoked: (digest, record) => reader.isRevoked(digest, record),
    })
  })
})

describe.skipIf(server === undefined).each(PEPPER_STATES)('PostgreSQL token store with %s', (_, saving, other) => {
  test('runs every case on one store', async () => {
    const { pool } = await create()
    const [writer, reader] = [saving, other].map((pepper) => createPostgresTokenStore({ pool, pepper }))
    const store = saveElsewhere(writer as PostgresTokenStore, reader as PostgresTokenStore)
    for (const { run } of STORE_CASES) await run(store)
  })

  test('looks tokens up under every pepper in one query', async () => {
    const { asked, store } = await create(0, other)
    const digests = await Promise.all(['a', 'b'].map(digestOf))
    await Promise.all(digests.map((digest) => store.find(digest)))
    expect(asked.map(({ values = [] }) => (values[0] as string[]).length)).toEqual([2 * (other?.length ?? 1)])
  })
})

describe.skipIf(server === undefined)('the tables of a PostgreSQL token store', () => {
  test('list no token that has expired since it was saved', async () => {
    const { store, clock } = await create()
    for (const seconds of [60, 120]) await store.save(`for ${seconds}`, lasting(seconds, { sub: 'alice' }))
    clock.seconds += 60
    expect((await store.list({ sub: 'alice' })).tokens.map(({ record }) => record.exp)).toEqual([START + 120])
  })

  test('contain the digest of a token, and never the token', async () => {
    const { pool, store } = await create()
    const tokens = ['access-3hQz8KpV1nYt', 'refresh-Rw7uJx2cMbGd', 'replaced-Lk4sVe9oPqZa']
    const [access, refresh, replaced] = tokens as [string, string, string]
    await store.save(access, lasting(60, { sub: 'alice', grantId: 'grant-1' }))
    await store.save(refresh, { kind: 'refresh_token', grantId: 'grant-1' })
    await store.save(replaced, { kind: 'access_token', sub: 'alice' })
    await store.save(replaced, { kind: 'access_token', sub: 'bob' })
    await store.revoke(refresh)
    await store.revokeGrant('grant-1')
    const dumps = ['tokens', 'cutoffs'].map(
      async (table) => (await pool.query<object>(`SELECT t::text FROM introspection_${table} AS t`)).rows,
    )
    const everything = JSON.stringify(await Promise.all(dumps))
    expect(everything).toContain(await digestToken(access))
    for (const token of tokens) expect(everything).not.toContain(token)
  })

  test('can be created by many processes at once, and do not change when they exist', async () => {
    const open = await openSchema()
    const pool = open()
    await Promise.all(Array.from({ length: 8 }, () => createPostgresTokenStore({ pool: open() }).migrate()))
    const schema = async () =>
      (await pool.query<object>("SELECT relname FROM pg_class WHERE relname LIKE 'introspection%'")).rows
    const before = await schema()
    await pool.query(postgresTokenStoreSchema)
    expect(await schema()).toEqual(before)
  })

  test.each(['a\nb', 'a\u0000b', '\ud800', "'; --", 'a"b\\c', '\ufffd'])(
    'distinguish %j from other identifiers',
    async (odd) => {
      const { store } = await create()
      await store.save('odd', lasting(60, { sub: odd, grantId: odd }))
      await store.save('other', lasting(60, { sub: odd === '\ud800' ? '\ufffd' : 'a', grantId: 'b' }))
      await store.revokeSubject(odd)
      expect(await findByToken(store, 'odd')).toBeNull()
      expect(await findByToken(store, 'other')).not.toBeNull()
    },
  )
})

describe.skipIf(server === undefined)('lookups in a PostgreSQL token store', () => {
  test('of one tick share one query, with one parameter per different digest', async () => {
    const { store, asked } = await create()
    await saveEach(store, 'token', 3, lasting(60, { sub: 'alice' }))
    asked.length = 0
    const digests = await Promise.all(['token-0', 'token-1', 'token-1', 'unknown', 'token-1'].map(digestOf))
    const found = await Promise.all(digests.map((digest) => store.find(digest)))
    expect(asked.map(({ values }) => values)).toEqual([[[...new Set(digests)]]])
    expect(found.map((record) => record?.sub)).toEqual(['alice', 'alice', 'alice', undefined, 'alice'])
    expect(found[1]).not.toBe(found[2])
  })

  test('of one tick are limited to 500 per query', async () => {
    const { store, asked, pool } = await create()
    const tokens = Array.from({ length: 1000 }, (_, index) => `token-${index}`)
    await Promise.all(
      tokens.map((token, index) => store.save(token, lasting(60, { sub: `s${index % 10}`, grantId: token }))),
    )
    await store.revokeSubject('s3')
    asked.length = 0
    const found = await Promise.all(tokens.map((token) => findByToken(store, token)))
    expect(asked.map(({ values }) => (values?.[0] as string[] | undefined)?.length)).toEqual([500, 500])
    found.forEach((record, index) => expect(record?.grantId).toBe(index % 10 === 3 ? undefined : `token-${index}`))
    expect(pool.totalCount).toBeLessThanOrEqual(4)
  })

  test('of a single token use a prepared statement for one digest', async () => {
    const { store, asked } = await create()
    const digest = await digestToken('token')
    await store.find(digest)
    expect(asked).toEqual([
      { name: 'introspection_find_one_1', text: expect.stringContaining('digest = $1') as unknown, values: [digest] },
    ])
  })

  test('see a revocation that finished before they began', async () => {
    const { store } = await create()
    await saveEach(store, 'token', 20, lasting(60, { sub: 'alice' }))
    const digests = await Promise.all(Array.from({ length: 20 }, (_, index) => digestOf(`token-${index}`)))
    const before = digests.map((digest) => store.find(digest))
    const revocation = store.revokeSubject('alice')
    await revocation
    const after = await Promise.all(digests.map((digest) => store.find(digest)))
    expect(after.every((record) => record === null)).toBe(true)
    await Promise.all(before)
  })

  test.each(['', "'; --", 'a\u0000b', '\ud800', '{}', 'x'.repeat(1_000_000)])(
    'find nothing for a hostile digest, and do not affect other lookups',
    async (digest) => {
      const { store } = await create()
      await store.save('token', lasting(60))
      const found = await Promise.all([store.find(digest), findByToken(store, 'token')])
      expect(found).toEqual([null, lasting(60)])
    },
  )

  test('use primary keys only, with many tokens and many cutoffs', async () => {
    const { pool, store, asked } = await create()
    await pool.query(`INSERT INTO introspection_tokens
      SELECT 'digest' || n, '{}', NULL, n, 'g' || n, 's' || n, 'u' || n, 'c' FROM generate_series(1, 20000) AS n`)
    await pool.query(`INSERT INTO introspection_cutoffs
      SELECT 'subject', 'x' || n, 1, 1 FROM generate_series(1, 20000) AS n`)
    await pool.query('ANALYZE')
    await Promise.all([findByToken(store, 'a'), findByToken(store, 'b')])
    await findByToken(store, 'a')
    await store.isRevoked('a', lasting(60, { sub: 'alice' }))
    expect(asked).toHaveLength(3)
    for (const { text, values } of asked) {
      const argument = typeof values?.[0] === 'string' ? "'digest7'" : "ARRAY['digest7', 'digest8']"
      const others = text
        .replace('$1', argument)
        .replaceAll('$2', '7')
        .replace(/\$[3-6]/g, "'x7'")
      const plan = await pool.query(`EXPLAIN (COSTS OFF) ${others}`)
      const lines = plan.rows.map((row: Record<string, unknown>) => String(row['QUERY PLAN']))
      expect(lines.filter((line) => line.includes('Seq Scan'))).toEqual([])
      const ofCutoffs = lines.filter((line) => line.includes('introspection_cutoffs_pkey'))
      expect(ofCutoffs).toHaveLength(text.includes('AS revoked') ? 8 : 4)
    }
  })
})

describe.skipIf(server === undefined)('removal from a PostgreSQL token store', () => {
  test('keeps a tombstone of a revoked token until five minutes after its expiry', async () => {
    const { store, clock, count } = await create()
    await store.save('token', lasting(60, { sub: 'alice' }))
    await store.revoke('token')
    expect(await findByToken(store, 'token')).toEqual({ ...lasting(60), revoked: true })
    clock.seconds = START + 359
    expect([await store.removeExpired(), await count('tokens')]).toEqual([0, 1])
    clock.seconds = START + 360
    expect([await store.removeExpired(), await count('tokens')]).toEqual([1, 0])
  })

  test('misses no token when the clock of the revoking process is behind the clock of the database', async () => {
    const { open, store } = await create()
    const behind = createPostgresTokenStore({ pool: open(), now: () => Date.now() - 30_000 })
    const iat = Math.floor(Date.now() / 1000) - 5
    for (const name of ['alice', 'web']) {
      await store.save(name, { kind: 'access_token', sub: name, client_id: name, iat, exp: START })
    }
    await behind.revokeSubject('alice')
    await behind.revokeClient('web')
    expect([await findByToken(store, 'alice'), await findByToken(store, 'web')]).toEqual([null, null])
  })

  test('revokes any number of tokens with one row', async () => {
    const { store, count, asked } = await create()
    await saveEach(store, 'token', 20, lasting(60, { sub: 'alice' }))
    asked.length = 0
    await store.revokeSubject('alice')
    await store.revokeSubject('alice')
    expect(asked).toHaveLength(2)
    expect([await count('tokens'), await count('cutoffs')]).toEqual([20, 1])
  })

  test('removes two expired tokens with each saved token, in the same round trip', async () => {
    const { store, clock, count, asked } = await create()
    await saveEach(store, 'short', 10, lasting(60))
    clock.seconds = START + 59
    await store.save('next-0', lasting(3600))
    expect(await count('tokens')).toBe(11)
    clock.seconds = START + 60
    asked.length = 0
    await store.save('next-1', lasting(3600))
    expect(asked).toHaveLength(1)
    expect(await count('tokens')).toBe(10)
    for (let index = 2; index < 10; index++) await store.save(`next-${index}`, lasting(3600))
    expect(await count('tokens')).toBe(10)
  })

  test('saves an expired token again', async () => {
    const { store, clock } = await create()
    await store.save('token', lasting(60))
    clock.seconds = START + 60
    await store.save('token', lasting(120))
    expect(await findByToken(store, 'token')).toEqual(lasting(120))
  })

  test('removes at most the given number of rows, and returns how many', async () => {
    const { store, clock, count } = await create()
    await saveEach(store, 'short', 5, lasting(60))
    await store.save('endless', { kind: 'access_token' })
    expect(await store.removeExpired()).toBe(0)
    clock.seconds = START + 60
    const removed = [await store.removeExpired(3), await store.removeExpired(3), await store.removeExpired(3)]
    expect(removed).toEqual([3, 2, 0])
    expect(await count('tokens')).toBe(1)
  })

  test('is shared by several processes, none of which removes the same rows', async () => {
    const { store, open, clock, count } = await create()
    await saveEach(store, 'short', 200, lasting(60))
    clock.seconds = START + 60
    const stores = Array.from({ length: 4 }, () =>
      createPostgresTokenStore({ pool: open(), now: () => clock.seconds * 1000 }),
    )
    const removed = await Promise.all(stores.map((each) => each.removeExpired(100)))
    expect(removed.reduce((sum, each) => sum + each, 0)).toBe(200 - (await count('tokens')))
    while ((await store.removeExpired(100)) > 0);
    expect(await count('tokens')).toBe(0)
  })

  test('does not wait for rows that another transaction holds', async () => {
    const { store, pool, clock } = await create()
    await saveEach(store, 'short', 3, lasting(60))
    await store.revokeSubject('alice')
    await store.save('old', lasting(90_000, { sub: 'alice' }))
    const holding = await pool.connect()
    await holding.query(
      `BEGIN; SELECT * FROM introspection_tokens WHERE exp = ${START + 60} LIMIT 1 FOR UPDATE; SELECT * FROM introspection_tokens WHERE sub = 'alice' FOR UPDATE`,
    )
    clock.seconds = START + 3600
    // Two of three rows are removed. The cutoff stays, because another transaction holds a token that it covers.
    expect(await store.removeExpired()).toBe(2)
    await holding.query('ROLLBACK')
    holding.release()
    expect(await findByToken(store, 'old')).toBeNull()
    expect(await store.removeExpired()).toBe(3)
  })

  test('keeps a cutoff for an hour, then removes the tokens it covers, and the cutoff last', async () => {
    const { store, clock, count } = await create()
    await saveEach(store, 'old', 5, { kind: 'refresh_token', sub: 'alice', iat: START })
    await store.revokeSubject('alice')
    clock.seconds = START + 3599
    await store.save('new', { kind: 'refresh_token', sub: 'alice', iat: START + 3599 })
    expect([await count('tokens'), await count('cutoffs')]).toEqual([6, 1])
    clock.seconds = START + 3600
    expect(await store.removeExpired(4)).toBe(4)
    expect([await count('tokens'), await count('cutoffs')]).toEqual([2, 1])
    expect(await findByToken(store, 'old-4')).toBeNull()
    // A save removes the rest.
    await store.save('newer', { kind: 'refresh_token', sub: 'alice', iat: START + 3600 })
    expect([await count('tokens'), await count('cutoffs')]).toEqual([2, 0])
    expect(await findByToken(store, 'new')).toMatchObject({ sub: 'alice' })
    expect(await findByToken(store, 'old-4')).toBeNull()
  })

  test.each(['revokeGrant', 'revokeSession', 'revokeClient'] as const)(
    'removes the tokens that %s has covered for an hour',
    async (method) => {
      const { store, clock, count } = await create()
      await store.save('a', lasting(9000, { grantId: 'x', sessionId: 'x', client_id: 'x' }))
      await store.save('b', lasting(9000, { grantId: 'y', sessionId: 'y', client_id: 'y' }))
      await store[method]('x')
      clock.seconds = START + 3600
      await store.removeExpired()
      expect([await count('tokens'), await count('cutoffs')]).toEqual([1, 0])
      expect(await findByToken(store, 'b')).not.toBeNull()
    },
  )

  test('keeps a cutoff for the lifetime of unstored tokens in addition', async () => {
    const { store, clock } = await create(90_000)
    const jwt = lasting(90_000, { sub: 'alice' })
    await store.revokeSubject('alice')
    clock.seconds = START + 93_599
    await store.removeExpired()
    expect(await store.isRevoked('digest', jwt)).toBe(true)
    clock.seconds = START + 93_600
    await store.removeExpired()
    expect(await store.isRevoked('digest', jwt)).toBe(false)
  })

  test('replaces a token by a tombstone until five minutes after exp', async () => {
    const { store, clock, count } = await create()
    await store.save('jwt', lasting(60, { sub: 'alice' }))
    await store.revoke('jwt', lasting(60, { sub: 'alice' }))
    clock.seconds = START + 359
    expect(await store.removeExpired()).toBe(0)
    expect(await findByToken(store, 'jwt')).toEqual({ ...lasting(60), revoked: true })
    clock.seconds = START + 360
    expect([await store.removeExpired(), await count('tokens')]).toEqual([1, 0])
  })

  test('keeps a cutoff in the future until an hour after it', async () => {
    const { store, clock, count } = await create()
    await store.revokeSubject('alice', START + 1000)
    await store.revokeSubject('alice', START)
    clock.seconds = START + 4599
    await store.removeExpired()
    expect(await count('cutoffs')).toBe(1)
    clock.seconds = START + 4600
    await store.removeExpired()
    expect(await count('cutoffs')).toBe(0)
  })
})
