/** The log of the SQLite token store follows the contract of logs, also between two connections. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { createRevocationKeys } from '@token-introspection/core/revocations'
import { revocationLogContract } from '@token-introspection/testing'
import { describe, expect, onTestFinished, test } from 'vitest'
import { digestToken } from '../../src/index.ts'
import { createSqliteTokenStore } from '../../src/stores/sqlite/index.ts'
import { NEXT_PEPPER, PEPPER } from './peppered-stores.ts'
import { START } from './stored-tokens.ts'

/** How long SQLite waits for a lock of another connection, in milliseconds. */
const LOCK_MS = 5000
const KEY_SECRET = 'a-secret-of-the-log-with-32-octets!'

function open(path: string): DatabaseSync {
  const database = new DatabaseSync(path, { timeout: LOCK_MS })
  onTestFinished(() => {
    if (database.isOpen) database.close()
  })
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL')
  return database
}

type Given = string | (() => Promise<string>) | undefined

function create(
  paths: readonly [string, string],
  keySecret?: string,
  pepper?: (string | null)[],
  given: Given = keySecret,
) {
  const clock = { seconds: START }
  const now = () => clock.seconds * 1000
  const revocationLog = given === undefined ? true : { keySecret: given }
  const databases = [...new Set(paths)].map(open)
  const unlogged = createSqliteTokenStore({ database: open(paths[0]), now, pepper })
  const [store, other = store] = databases.map((database) =>
    createSqliteTokenStore({ database, now, revocationLog, pepper }),
  )
  if (store === undefined || other === undefined) throw new Error('no store')
  const createWithSecret = (secret: string) =>
    createSqliteTokenStore({ database: open(paths[0]), now, revocationLog: { keySecret: secret } })
  return {
    database: databases[0] as DatabaseSync,
    store,
    other,
    ...(paths[0] === ':memory:' ? {} : { unlogged, createWithSecret }),
    keySecret,
    expireEvents: () => void (clock.seconds += 7200),
  }
}

/** A store and another one over a second connection to its file. */
function createPair(keySecret?: string, given: Given = keySecret) {
  const directory = mkdtempSync(join(tmpdir(), 'revocation-log-'))
  onTestFinished(() => rmSync(directory, { recursive: true }))
  const path = join(directory, 'tokens.sqlite')
  // The same file under two names, so that both connections are opened.
  return { path, ...create([path, `${directory}/./tokens.sqlite`], keySecret, undefined, given) }
}

describe('the log of a SQLite token store', () => {
  test.each(revocationLogContract())('$title', async ({ run }) => {
    await run(create([':memory:', ':memory:']))
  })

  test.each(revocationLogContract())('between two connections to a file: $title', async ({ run }) => {
    await run(createPair())
  })

  test.each(revocationLogContract())('between two connections with a given secret: $title', async ({ run }) => {
    await run(createPair(KEY_SECRET))
  })

  test.each(revocationLogContract())('with a secret that a function finds: $title', async ({ run }) => {
    await run(createPair(KEY_SECRET, async () => KEY_SECRET))
  })

  test.each(revocationLogContract())('with a pepper: $title', async ({ run }) => {
    await run(create([':memory:', ':memory:'], KEY_SECRET, [PEPPER]))
  })

  test('names a revoked token by its digest without a pepper, also while the pepper changes', async () => {
    const { store } = create([':memory:', ':memory:'], KEY_SECRET, [NEXT_PEPPER, PEPPER, null])
    await store.save('a-token', { kind: 'access_token', sub: 'alice' })
    await store.revoke('a-token')
    await store.save('listed', { kind: 'access_token', sub: 'alice' })
    await store.revokeListed((await store.list({ sub: 'alice' })).tokens[0]?.id ?? '', { sub: 'alice' })
    const page = await store.revocations?.readOldest?.(100)
    const keyOf = createRevocationKeys(KEY_SECRET)
    const keys = await Promise.all(
      ['a-token', 'listed'].map(async (token) => await keyOf('token', await digestToken(token))),
    )
    expect(new Set(page?.events.map(({ key }) => key))).toEqual(new Set(keys))
  })

  test('has no name and no digest in its table', async () => {
    const { database, store } = create([':memory:', ':memory:'], KEY_SECRET)
    await store.revoke('a-token', { kind: 'access_token', sub: 'alice' })
    await store.revokeSubject('alice')
    const rows = database.prepare('SELECT * FROM introspection_revocations').all()
    expect(rows).toHaveLength(3)
    expect(JSON.stringify(rows)).not.toMatch(/alice|a-token/)
    const kept = database.prepare('SELECT secret FROM introspection_revocation_secret').all()
    expect(kept).toEqual([{ secret: expect.stringMatching(/^[\w-]{8}$/) as string }])
    expect(KEY_SECRET).not.toContain(kept[0]?.['secret'])
  })

  test('learns of a revocation by a process without the option within a transaction of that process', async () => {
    const { path, store } = createPair()
    const position = store.revocations?.readAfter(undefined, 1) as { readonly position: string }
    const database = open(path)
    const unlogged = createSqliteTokenStore({ database })
    database.exec('BEGIN')
    await unlogged.revokeGrant('undone')
    database.exec('ROLLBACK')
    expect(await store.revocations?.readAfter(position.position, 10)).toMatchObject({ gap: false, events: [] })
    expect(await store.isRevoked('digest', { kind: 'access_token', grantId: 'undone' })).toBe(false)
    database.exec('BEGIN')
    await unlogged.revokeGrant('done')
    database.exec('COMMIT')
    const key = await store.revocations?.keyOf('grant', 'done')
    expect(await store.revocations?.readAfter(position.position, 10)).toMatchObject({ gap: false, events: [{ key }] })
  })

  test('ends when a process without the option revokes after the others were given another secret', async () => {
    const { path } = createPair()
    const given = createSqliteTokenStore({ database: open(path), revocationLog: { keySecret: KEY_SECRET } })
    const position = await (await given.revokeGrant('a')).position()
    await createSqliteTokenStore({ database: open(path) }).revokeGrant('b')
    expect(await given.revocations?.readAfter(position, 10)).toMatchObject({ gap: true })
  })

  test('goes on when a process writes that was not told of another secret', async () => {
    const { path, store } = createPair()
    await store.revokeGrant('a')
    createSqliteTokenStore({ database: open(path), revocationLog: { keySecret: KEY_SECRET } })
    // The first of these ends the log, and the second begins one with the secret of the process again.
    await store.revokeGrant('b')
    const position = await (await store.revokeGrant('c')).position()
    await store.revokeGrant('d')
    const key = await store.revocations?.keyOf('grant', 'd')
    expect(await store.revocations?.readAfter(position, 10)).toMatchObject({ gap: false, events: [{ key }] })
  })

  test.each(Array.from({ length: 16 }, (_, turns) => turns))(
    'shows a gap when another secret is given %i turns after a revocation began',
    async (turns) => {
      const { path, store } = createPair()
      const database = open(path)
      const revoking = store.revoke('token', { kind: 'access_token' })
      for (let turn = 0; turn < turns; turn++) await Promise.resolve()
      const { revocations } = createSqliteTokenStore({ database, revocationLog: { keySecret: KEY_SECRET } })
      const begun = revocations?.readAfter(undefined, 1) as { readonly position: string }
      await revoking
      const page = await revocations?.readAfter(begun.position, 10)
      // Otherwise the revocation came before the other secret.
      expect([[], undefined]).toContainEqual(page?.gap ? undefined : page?.events)
    },
  )

  test('has neither a revocation nor its event when one of them cannot be written', async () => {
    const { database, store } = create([':memory:', ':memory:'])
    database.exec(
      "CREATE TRIGGER full BEFORE INSERT ON introspection_revocations BEGIN SELECT RAISE(ABORT, 'full'); END",
    )
    await expect(store.revokeGrant('a')).rejects.toThrow('full')
    await expect(store.revoke('b', { kind: 'access_token' })).rejects.toThrow('full')
    expect(await store.isRevoked('digest', { kind: 'access_token', grantId: 'a' })).toBe(false)
    expect(database.prepare('SELECT count(*) AS count FROM introspection_tokens').get()).toEqual({ count: 0 })
    database.exec('DROP TRIGGER full')
    await store.revokeGrant('a')
    expect(await store.isRevoked('digest', { kind: 'access_token', grantId: 'a' })).toBe(true)
  })
})
