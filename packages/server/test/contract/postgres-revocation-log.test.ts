/** The log of the PostgreSQL token store follows the contract of logs, also over two pools and with overlapping transactions. */
import { randomUUID } from 'node:crypto'
import { isChain, type RevocationEvent } from '@token-introspection/core/revocations'
import { revocationLogContract } from '@token-introspection/testing'
import { Pool } from 'pg'
import { afterAll, describe, expect, onTestFinished, test } from 'vitest'
import { digestToken, type RevocationLog } from '../../src/index.ts'
import { createPostgresTokenStore, type PostgresPool } from '../../src/stores/postgres/index.ts'
import { numberEvents, SEQUENCER_LOCK } from '../../src/stores/postgres/log-statements.ts'
import { startPostgres } from '../databases/start-postgres.ts'
import { PEPPER } from './peppered-stores.ts'
import { START } from './stored-tokens.ts'

const server = await startPostgres('the tests of the log of the PostgreSQL token store')
afterAll(() => server?.stop())

const KEY_SECRET = 'a-secret-of-the-log-with-32-octets!'

/** A store and another one over a second pool, with empty tables of their own. */
async function create(
  adapt: (pool: Pool) => PostgresPool = (pool) => pool,
  keySecret?: string,
  settings = '',
  { given = keySecret, pepper }: { given?: string | (() => Promise<string>) | undefined; pepper?: string[] } = {},
) {
  const schema = `test_${randomUUID().replaceAll('-', '')}`
  const open = (): Pool => {
    const options = `-c search_path=${schema} ${settings}`
    const pool = new Pool({ connectionString: server?.url, options, connectionTimeoutMillis: 60_000, max: 4 })
    pool.on('error', () => undefined)
    onTestFinished(() => pool.end())
    return pool
  }
  const clock = { seconds: START }
  const now = () => clock.seconds * 1000
  const pools = [open(), open()] as const
  await pools[0].query(`CREATE SCHEMA ${schema}`)
  const createStore = (pool: Pool) =>
    createPostgresTokenStore({
      pool: adapt(pool),
      now,
      revocationLog: given === undefined ? true : { keySecret: given },
      pepper,
    })
  const [store, other] = [createStore(pools[0]), createStore(pools[1])]
  await store.migrate()
  const unlogged = createPostgresTokenStore({ pool: adapt(pools[1]), now, pepper })
  const createWithSecret = (secret: string) =>
    createPostgresTokenStore({ pool: adapt(pools[1]), now, revocationLog: { keySecret: secret }, pepper })
  const expireEvents = () => void (clock.seconds += 7200)
  return { pool: pools[0], store, other, unlogged, keySecret, createWithSecret, expireEvents }
}

function logOf(store: { readonly revocations?: RevocationLog | undefined }): RevocationLog {
  if (store.revocations === undefined) throw new Error('the store has no log')
  return store.revocations
}

async function lastOf(log: RevocationLog): Promise<string> {
  return (await log.readAfter(undefined, 1)).position
}

/** Kills the process of a connection that writes. The server then ends all others, and recovers. */
async function killBackend(pool: Pool): Promise<void> {
  const own = await pool.connect()
  const { promise: ended, resolve } = Promise.withResolvers<void>()
  own.on('error', () => undefined).once('end', resolve)
  const { rows } = await own.query<{ pid: number }>(
    "SELECT pid FROM pg_stat_activity WHERE query LIKE '%introspection_revocations_unnumbered%' AND pid <> pg_backend_pid()",
  )
  process.kill(rows[0]?.pid as number, 'SIGKILL')
  // The server ends all its connections, and starts again.
  await ended
  own.release(true)
  const answers = () =>
    pool.query('SELECT 1').then(
      () => true,
      () => false,
    )
  await expect.poll(answers).toBe(true)
}

/** Tries something that fails while the server is away. */
async function tryOnce(work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } catch (error) {
    if ((error as Error).name === 'AssertionError') throw error
  }
}

describe.skipIf(server === undefined)('the log of a PostgreSQL token store', () => {
  test.each(revocationLogContract())('between two pools: $title', async ({ run }) => {
    await run(await create())
  })

  test.each(revocationLogContract())('between two pools with a given secret: $title', async ({ run }) => {
    await run(await create(undefined, KEY_SECRET))
  })

  test.each(revocationLogContract())(
    'between two pools with a secret that a function finds: $title',
    async ({ run }) => {
      await run(await create(undefined, KEY_SECRET, '', { given: async () => KEY_SECRET }))
    },
  )

  test.each(revocationLogContract())('between two pools with a pepper: $title', async ({ run }) => {
    await run(await create(undefined, KEY_SECRET, '', { pepper: [PEPPER] }))
  })

  test.each(revocationLogContract())('over pools without LISTEN: $title', async ({ run }) => {
    await run(await create((pool) => ({ query: (query) => pool.query(query as never) })))
  })

  test.each(revocationLogContract())('where transactions are repeatable read by default: $title', async ({ run }) => {
    await run(await create(undefined, undefined, '-c default_transaction_isolation=repeatable\\ read'))
  })

  test('has no name and no digest in its tables', async () => {
    const { pool, store } = await create(undefined, KEY_SECRET)
    await pool.query('CREATE TABLE seen AS SELECT * FROM introspection_revocations_unnumbered')
    await pool.query(`CREATE FUNCTION see() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN INSERT INTO seen SELECT NEW.*; RETURN NEW; END $$`)
    await pool.query(
      'CREATE TRIGGER see BEFORE INSERT ON introspection_revocations_unnumbered FOR EACH ROW EXECUTE FUNCTION see()',
    )
    await store.revoke('a-token', { kind: 'access_token', sub: 'alice' })
    await (await store.revokeSubject('alice'))?.position()
    const tables = ['seen', 'introspection_revocations', 'introspection_revocation_secret']
    const dumps = await Promise.all(
      tables.map(async (table) => (await pool.query<object>(`SELECT * FROM ${table} ORDER BY 1`)).rows),
    )
    // The first event is no revocation: it ends a log with another secret.
    expect(dumps.map((rows) => rows.length)).toEqual([3, 3, 1])
    const everything = JSON.stringify(dumps)
    for (const name of ['alice', 'a-token', KEY_SECRET, await digestToken('a-token')])
      expect(everything).not.toContain(name)
  })

  test('numbers an event after those that were committed before it, and no reader passes it over', async () => {
    const { pool, store, other } = await create(undefined, KEY_SECRET)
    const log = logOf(store)
    const before = await lastOf(log)
    const late = await pool.connect()
    // The writes of a store whose transaction is open for longer.
    const slow = createPostgresTokenStore({ pool: late, revocationLog: { keySecret: KEY_SECRET } })
    await late.query('BEGIN')
    await late.query(
      `INSERT INTO introspection_revocations_unnumbered (at, kind, key)
       SELECT 1, 'grant', left(secret, 8) || 'aaaaaaaaaaaaaaaa' FROM introspection_revocation_secret`,
    )
    await (await other.revokeGrant('quick'))?.position()
    const first = await log.readAfter(before, 10)
    expect(first.events.map(({ key }) => key)).toEqual([await log.keyOf('grant', 'quick')])
    await late.query('COMMIT')
    const second = await log.readAfter(first.position, 10)
    expect(second.events.map(({ key, previous }) => [key, previous])).toEqual([['aaaaaaaaaaaaaaaa', first.position]])
    expect(await logOf(slow).has(second.position)).toBe(true)
    late.release()
    const all = await logOf(other).readAfter(before, 10)
    expect(all.events).toEqual([...first.events, ...second.events])
    expect(isChain(all.events, before, all.position)).toBe(true)
  })

  test('numbers events in the order in which they were written', async () => {
    const { pool, store } = await create()
    const before = await lastOf(logOf(store))
    const keys = ['a', 'b', 'c'].map((letter) => letter.repeat(16))
    for (const key of keys) {
      await pool.query(
        `INSERT INTO introspection_revocations_unnumbered (at, kind, key)
         SELECT 1, 'grant', left(secret, 8) || $1::text FROM introspection_revocation_secret`,
        [key],
      )
    }
    expect((await logOf(store).readAfter(before, 10)).events.map(({ key }) => key)).toEqual(keys)
  })

  test('does not wait for transactions that are open', async () => {
    const { pool, store } = await create()
    const idle = await pool.connect()
    await idle.query('BEGIN')
    await idle.query('SELECT txid_current()')
    const position = await (await store.revokeGrant('a'))?.position()
    expect(position).toBe(await lastOf(logOf(store)))
    await idle.query('ROLLBACK')
    idle.release()
  })

  test('has neither a revocation nor its event when the event cannot be written', async () => {
    const { pool, store } = await create()
    await pool.query('ALTER TABLE introspection_revocations_unnumbered ADD CONSTRAINT full_table CHECK (at < 0)')
    await expect(store.revokeGrant('a')).rejects.toThrow('full_table')
    await expect(store.revoke('b', { kind: 'access_token' })).rejects.toThrow('full_table')
    expect(await store.isRevoked('digest', { kind: 'access_token', grantId: 'a' })).toBe(false)
    await pool.query('ALTER TABLE introspection_revocations_unnumbered DROP CONSTRAINT full_table')
    await store.revokeGrant('a')
    expect(await store.isRevoked('digest', { kind: 'access_token', grantId: 'a' })).toBe(true)
  })

  test('revokes when events cannot be numbered, and numbers them later', async () => {
    const { pool, store } = await create()
    const before = await lastOf(logOf(store))
    await pool.query('ALTER TABLE introspection_revocations ADD CONSTRAINT stuck CHECK (number < 1)')
    const receipt = await store.revokeGrant('a')
    await expect(receipt?.position()).rejects.toThrow('stuck')
    await expect(logOf(store).readAfter(before, 1)).rejects.toThrow('stuck')
    expect(await store.isRevoked('digest', { kind: 'access_token', grantId: 'a' })).toBe(true)
    await pool.query('ALTER TABLE introspection_revocations DROP CONSTRAINT stuck')
    expect(await receipt?.position()).toBe((await logOf(store).readAfter(before, 1)).events[0]?.position)
  })

  test('appends an event for the record that a save replaces after it waited', async () => {
    const { pool, store, other } = await create()
    const log = logOf(store)
    const [narrow, wide] = [
      { kind: 'access_token', scope: 'a' } as const,
      { kind: 'access_token', scope: 'a b' } as const,
    ]
    await store.save('token', narrow)
    const before = await lastOf(log)
    const holding = await pool.connect()
    await holding.query('BEGIN')
    await holding.query('UPDATE introspection_tokens SET record = $1', [JSON.stringify(wide)])
    const saved = other.save('token', narrow)
    const isWaiting = async () =>
      (
        await pool.query(
          "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%introspection_tokens%'",
        )
      ).rows.length > 0
    while (!(await isWaiting()));
    await holding.query('COMMIT')
    holding.release()
    await saved
    expect((await log.readAfter(before, 10)).events).toHaveLength(1)
  })

  test('numbers events only while no other process does', async () => {
    const { pool, store } = await create()
    await lastOf(logOf(store))
    const numbering = await pool.connect()
    onTestFinished(() => numbering.release(true))
    await numbering.query('BEGIN')
    await numbering.query(`SELECT pg_advisory_xact_lock(${SEQUENCER_LOCK})`)
    const receipt = await store.revokeGrant('a')
    const waiting = async () =>
      (await pool.query("SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")).rows.length
    await expect.poll(waiting).toBe(1)
    const { rows } = await pool.query('SELECT 1 FROM introspection_revocations_unnumbered')
    expect(rows).toHaveLength(1)
    await numbering.query('COMMIT')
    expect(await receipt?.position()).toMatch(/^1\./)
  })

  test('numbers one after the other when two processes do it at once', async () => {
    const { pool, store, other } = await create()
    const log = logOf(store)
    const before = await lastOf(log)
    const insert = async (key: string) =>
      await pool.query(
        `INSERT INTO introspection_revocations_unnumbered (at, kind, key)
         SELECT 1, 'grant', left(secret, 8) || $1::text FROM introspection_revocation_secret`,
        [key.repeat(16)],
      )
    await insert('a')
    const paused = await pool.connect()
    onTestFinished(() => paused.release(true))
    await paused.query('BEGIN')
    await paused.query(numberEvents(0, 'paused').replaceAll(/^SET .*$/gm, ''))
    await insert('b')
    const reading = logOf(other).readAfter(before, 10)
    const blocked = async () =>
      (await pool.query("SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%number%'")).rows
        .length
    await expect.poll(blocked).toBe(1)
    await paused.query('COMMIT')
    const { events, position } = await reading
    expect(events.map(({ key }) => key[0])).toEqual(['a', 'b'])
    expect(isChain(events, before, position)).toBe(true)
  })

  test('appends an event for what was revoked before and is kept no longer, as if it were removed already', async () => {
    const { store, expireEvents } = await create()
    const log = logOf(store)
    // A tombstone removes such a grant.
    const revocations = [
      () => store.revokeGrant('grant'),
      () => store.revoke('token', { kind: 'access_token', exp: START + 10 }),
    ]
    for (const revoke of revocations) await revoke()
    for (const time of ['while it is kept', 'later']) {
      if (time === 'later') expireEvents()
      for (const revoke of revocations) {
        const before = await lastOf(log)
        await revoke()
        const { events } = await log.readAfter(before, 10)
        expect(events, time).toHaveLength(time === 'later' ? 1 : 0)
      }
    }
  })

  test('begins after every write that has not seen it', async () => {
    const { pool, store } = await create()
    const writing = await pool.connect()
    onTestFinished(() => writing.release(true))
    await writing.query('BEGIN')
    await createPostgresTokenStore({ pool: writing }).revokeGrant('unseen')
    const settled: string[] = []
    const first = lastOf(logOf(store)).then((position) => settled.push(position))
    const waiting = async () =>
      (await pool.query("SELECT 1 FROM pg_locks WHERE mode = 'ShareLock' AND locktype = 'relation' AND NOT granted"))
        .rows.length
    await expect.poll(async () => settled.length + (await waiting())).toBe(1)
    expect(settled).toEqual([])
    await writing.query('COMMIT')
    await first
    expect(settled).toHaveLength(1)
  })

  test('ends when a process without the option revokes after the others were given another secret', async () => {
    const { pool, store, unlogged } = await create()
    await lastOf(logOf(store))
    const given = createPostgresTokenStore({ pool, revocationLog: { keySecret: KEY_SECRET } })
    const position = await (await given.revokeGrant('a')).position()
    await unlogged.revokeGrant('b')
    expect(await logOf(given).readAfter(position, 10)).toMatchObject({ gap: true })
  })

  test('notifies other processes of new events, without what the events are about', async () => {
    const { pool, store } = await create()
    await lastOf(logOf(store))
    const listening = await pool.connect()
    onTestFinished(() => listening.release(true))
    const heard: unknown[] = []
    listening.on('notification', ({ channel, payload }) => heard.push([channel, payload]))
    await listening.query('LISTEN introspection_revocations')
    await (await store.revokeGrant('alice'))?.position()
    // The server sends notifications before the answer to the next statement.
    await listening.query('SELECT 1')
    expect(heard).toEqual([['introspection_revocations', expect.stringMatching(/^[\w-]{16}$/)]])
  })

  test('keeps the last event, so that a follower who has it sees no gap after a quiet time', async () => {
    const { store, other, expireEvents } = await create()
    const last = await (await store.revokeGrant('a'))?.position()
    expireEvents()
    const next = await (await other.revokeGrant('b'))?.position()
    expect(await logOf(store).readAfter(last, 10)).toMatchObject({ gap: false, position: next })
  })

  test.skipIf(server?.crash === undefined).each<[string, (pool: Pool) => Promise<unknown>]>([
    ['the process of a connection is killed', killBackend],
    ['the server crashes', async () => (await server?.crash?.(), await server?.restart?.())],
  ])('has every revocation that was answered exactly once after %s', async (_, crash) => {
    const { pool, store, other } = await create()
    const log = logOf(other)
    const begin = await lastOf(log)
    await log.keyOf('grant', 'a')
    const answered: string[] = []
    const ending = new AbortController()
    const write = async (name: string): Promise<void> => {
      for (let index = 0; !ending.signal.aborted; index++) {
        await tryOnce(async () => {
          await store.revokeGrant(`${name}-${index}`)
          answered.push(`${name}-${index}`)
        })
      }
    }
    // What a follower applied since its last gap, and where it began then.
    let followed = { from: begin, position: begin, events: [] as RevocationEvent[] }
    const follow = async (): Promise<void> => {
      const { gap, events, position } = await log.readAfter(followed.position, 100)
      if (gap) followed = { from: position, position, events: [] }
      expect(isChain(events, followed.position, position)).toBe(true)
      followed.events.push(...events)
      followed.position = position
    }
    const running = [
      ...Array.from({ length: 8 }, (__, index) => write(`writer-${index}`)),
      (async () => {
        while (!ending.signal.aborted) await tryOnce(follow)
      })(),
    ]
    const grown = async (by: number): Promise<void> => {
      const until = answered.length + by
      await expect.poll(() => answered.length).toBeGreaterThan(until)
    }
    await grown(200)
    await crash(pool)
    await grown(200)
    ending.abort()
    await Promise.all(running)
    while ((await lastOf(log)) !== followed.position) await follow()

    const all: RevocationEvent[] = []
    for (let after = begin, more = true; more; ) {
      const page = await log.readAfter(after, 1000)
      expect(page.gap).toBe(false)
      expect(isChain(page.events, after, page.position)).toBe(true)
      all.push(...page.events)
      after = page.position
      more = page.more
    }
    const keys = all.map(({ key }) => key)
    expect(new Set(keys).size).toBe(keys.length)
    for (const name of answered) expect(keys).toContain(await log.keyOf('grant', name))
    const from = all.findIndex(({ position }) => position === followed.from) + 1
    expect(followed.events).toEqual(all.slice(from))
  })

  test('closes the connection that it opened when nobody listens any more, and opens another one when it breaks', async () => {
    const { pool, store, other } = await create()
    const log = logOf(store)
    const heard = async (write: () => Promise<unknown>) => {
      const { promise, resolve } = Promise.withResolvers<void>()
      listener = resolve
      await write()
      await promise
    }
    let listener: (() => void) | undefined
    const listening = async () =>
      (await pool.query<{ pid: number }>("SELECT pid FROM pg_stat_activity WHERE query LIKE 'LISTEN %'")).rows
    const end = log.onAppended(() => listener?.())
    while ((await listening()).length !== 1);
    await heard(() => other.revokeGrant('a'))
    await pool.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN %'")
    await heard(() => other.revokeGrant('b'))
    while ((await listening()).length !== 1);
    end()
    while ((await listening()).length > 0);
  })
})
