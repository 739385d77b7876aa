/** The SQLite token store follows the contract of token stores, in memory and in a file. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { tokenConsumptionContract, tokenListContract, tokenStoreContract } from '@token-introspection/testing'
import { describe, expect, onTestFinished, test } from 'vitest'
import { createSqliteTokenStore, type SqliteTokenStore, sqliteTokenStoreSchema } from '../../src/stores/sqlite/index.ts'
import { type ConsumingTokenStore, digestToken, type ListableTokenStore, revocationDigests } from '../../src/index.ts'
import { NEXT_PEPPER, PEPPER, PEPPER_STATES, saveElsewhere } from './peppered-stores.ts'
import { consumeInTurn } from './stored-tokens.ts'

const STORE_CASES = [...tokenStoreContract(), ...tokenConsumptionContract(), ...tokenListContract()]

/** A directory that is removed when the test ends. */
function directory(): string {
  const path = mkdtempSync(join(tmpdir(), 'token-store-'))
  onTestFinished(() => rmSync(path, { recursive: true }))
  return path
}

function open(path: string): DatabaseSync {
  const database = new DatabaseSync(path)
  onTestFinished(() => {
    if (database.isOpen) database.close()
  })
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL')
  return database
}

/** A store whose database is closed and opened again before every lookup. */
function reopeningStore(path: string): ConsumingTokenStore & ListableTokenStore {
  let database = open(path)
  let store = createSqliteTokenStore({ database })
  const reopen = (): void => {
    database.close()
    database = open(path)
    store = createSqliteTokenStore({ database })
  }
  let written = false
  const write = async <Answer>(change: (current: SqliteTokenStore) => Promise<Answer>): Promise<Answer> => {
    const answer = await change(store)
    written = true
    return answer
  }
  const reopenIfWritten = (): void => {
    if (written) reopen()
    written = false
  }
  return {
    find(digest) {
      reopenIfWritten()
      return store.find(digest)
    },
    isRevoked(digest, record) {
      reopenIfWritten()
      return store.isRevoked(digest, record)
    },
    list(query) {
      reopenIfWritten()
      return store.list(query)
    },
    revokeListed: (id, owner) => write((current) => current.revokeListed(id, owner)),
    save: (token, record) => write((current) => current.save(token, record)),
    consume: (digest, at, repetitions) => write((current) => current.consume(digest, at, repetitions)),
    revoke: (token, record) => write((current) => current.revoke(token, record)),
    revokeGrant: (grantId) => write((current) => current.revokeGrant(grantId)),
    revokeSession: (sessionId) => write((current) => current.revokeSession(sessionId)),
    revokeSubject: (sub, at) => write((current) => current.revokeSubject(sub, at)),
    revokeClient: (clientId) => write((current) => current.revokeClient(clientId)),
  }
}

describe('SQLite token store in memory', () => {
  test.each(STORE_CASES)('$title', async ({ run }) => {
    await run(createSqliteTokenStore({ database: open(':memory:') }))
  })

  test('runs every case on one store', async () => {
    const database = open(':memory:')
    const store = createSqliteTokenStore({ database })
    for (const { run } of STORE_CASES) await run(store)
    const row = database.prepare('SELECT count(*) AS count FROM introspection_tokens').get()
    expect(row?.['count']).toBeGreaterThan(1000)
  })
})

describe('SQLite token store in a file that is opened again before every lookup', () => {
  test.each(STORE_CASES)('$title', async ({ run }) => {
    await run(reopeningStore(join(directory(), 'tokens.sqlite')))
  })
})

describe('SQLite token store in two connections to one file', () => {
  test.each(STORE_CASES)('$title', async ({ run }) => {
    const path = join(directory(), 'tokens.sqlite')
    const writer = createSqliteTokenStore({ database: open(path) })
    const reader = createSqliteTokenStore({ database: open(path) })
    await run({
      ...writer,
      find: (digest) => reader.find(digest),
      consume: consumeInTurn(writer, reader),
      list: (query) => reader.list(query),
      isRevoked: (digest, record) => reader.isRevoked(digest, record),
    })
  })
})

describe.each(PEPPER_STATES)('SQLite token store with %s', (_, saving, other) => {
  test.each(STORE_CASES)('$title', async ({ run }) => {
    const database = open(':memory:')
    const [writer, reader] = [saving, other].map((pepper) => createSqliteTokenStore({ database, pepper }))
    await run(saveElsewhere(writer as SqliteTokenStore, reader as SqliteTokenStore))
  })
})

describe('the file of a SQLite token store', () => {
  test.each(['a\nb', 'a\u0000b', '\ud800', "'; --", 'a"b\\c', '\ufffd'])(
    'distinguishes %j from other identifiers',
    async (odd) => {
      const store = createSqliteTokenStore({ database: open(':memory:') })
      const others = ['\ud801', '\ufffd', 'a', 'a\\nb'].filter((other) => other !== odd)
      await store.save('odd', { kind: 'access_token', sub: odd })
      for (const other of others) await store.save(`of ${JSON.stringify(other)}`, { kind: 'access_token', sub: other })
      await store.revokeSubject(odd)
      expect(store.find(await digestToken('odd'))).toBeNull()
      expect(await store.isRevoked('digest', { kind: 'access_token', sub: odd })).toBe(true)
      for (const other of others) {
        expect(store.find(await digestToken(`of ${JSON.stringify(other)}`))).toMatchObject({ sub: other })
        expect(await store.isRevoked('digest', { kind: 'access_token', sub: other })).toBe(false)
      }
    },
  )

  test('contains the digest of a token, and never the token', async () => {
    const path = directory()
    const database = open(join(path, 'tokens.sqlite'))
    const store = createSqliteTokenStore({ database })
    const tokens = ['access-3hQz8KpV1nYt', 'refresh-Rw7uJx2cMbGd', 'replaced-Lk4sVe9oPqZa']
    const [access, refresh, replaced] = tokens as [string, string, string]
    await store.save(access, { kind: 'access_token', sub: 'alice', grantId: 'grant-1' })
    await store.save(refresh, { kind: 'refresh_token', sub: 'alice', grantId: 'grant-1' })
    await store.save(replaced, { kind: 'access_token', sub: 'alice' })
    await store.save(replaced, { kind: 'access_token', sub: 'bob' })
    await store.revoke(refresh)
    await store.revokeGrant('grant-1')
    // Checked with the write-ahead log, and again after a checkpoint moved its content into the file.
    const written = bytesIn(path)
    database.close()
    for (const bytes of [written, bytesIn(path)]) {
      expect(bytes.includes(await digestToken(access))).toBe(true)
      for (const token of tokens) {
        expect(bytes.includes(token)).toBe(false)
        expect(bytes.includes(Buffer.from(token, 'utf16le'))).toBe(false)
        expect(bytes.includes(Buffer.from(token).toString('base64url'))).toBe(false)
      }
    }
  })

  test('contains nothing that can be computed from a token, if the store has a pepper', async () => {
    const path = directory()
    const database = open(join(path, 'tokens.sqlite'))
    const [token, jwt] = ['access-3hQz8KpV1nYt', 'eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJhIn0.c2ln']
    for (const revocationLog of [undefined, { keySecret: 'a-secret-of-the-log-with-32-octets!' }]) {
      const store = createSqliteTokenStore({ database, pepper: [PEPPER], revocationLog })
      await store.save(token, { kind: 'access_token', sub: 'alice' })
      await store.revoke(jwt, { kind: 'access_token', iss: 'https://as.example.com', jti: '1' })
      await store.save(`${token}2`, { kind: 'refresh_token', sub: 'alice' })
      await store.consume(await digestToken(`${token}2`), 1)
    }
    const digests = await Promise.all([token, `${token}2`, PEPPER].map(async (text) => await digestToken(text)))
    const hidden = [
      token,
      PEPPER,
      ...digests,
      ...(await revocationDigests(jwt, { kind: 'access_token', iss: 'https://as.example.com', jti: '1' })),
    ]
    database.exec('PRAGMA wal_checkpoint(TRUNCATE)')
    const bytes = bytesIn(path)
    for (const text of hidden) expect(bytes.includes(text), text).toBe(false)
    expect(bytes.includes('sealedDigest')).toBe(true)
  })

  test('has no token that somebody planted who does not know the pepper', async () => {
    const database = open(':memory:')
    const planted = createSqliteTokenStore({ database })
    await planted.save('known to a thief', { kind: 'access_token', sub: 'alice', exp: 4_000_000_000 })
    const guessed = createSqliteTokenStore({ database, pepper: ['a-pepper-that-somebody-has-guessed!'] })
    await guessed.save('guessed', { kind: 'access_token', sub: 'alice', exp: 4_000_000_000 })
    const store = createSqliteTokenStore({ database, pepper: [PEPPER] })
    expect([store.find(await digestToken('known to a thief')), store.find(await digestToken('guessed'))]).toEqual([
      null,
      null,
    ])
    expect((await store.list({ sub: 'alice' })).tokens).toEqual([])
  })

  test('finds a token revoked that a process has revoked which does not know the current pepper', async () => {
    const database = open(':memory:')
    const [before, after] = [[PEPPER], [NEXT_PEPPER, PEPPER]].map((pepper) =>
      createSqliteTokenStore({ database, pepper }),
    )
    const record = { kind: 'access_token', sub: 'alice' } as const
    await after?.save('token', record)
    await before?.revoke('token', record)
    expect(after?.find(await digestToken('token'))).toMatchObject({ revoked: true })
  })

  test('keeps a token that is saved again under its pepper, once', async () => {
    const database = open(':memory:')
    const [before, after] = [[PEPPER], [NEXT_PEPPER, PEPPER]].map((pepper) =>
      createSqliteTokenStore({ database, pepper }),
    )
    await before?.save('token', { kind: 'access_token', sub: 'alice' })
    await after?.save('token', { kind: 'access_token', sub: 'alice', scope: 'a' })
    const lists = await Promise.all([before, after].map(async (store) => await store?.list({ sub: 'alice' })))
    const token = { id: await digestToken('token'), record: { kind: 'access_token', sub: 'alice', scope: 'a' } }
    expect(lists).toEqual([
      { tokens: [token], next: undefined },
      { tokens: [token], next: undefined },
    ])
    await after?.save('new', { kind: 'access_token', sub: 'alice' })
    expect(before?.find(await digestToken('new'))).toBeNull()
  })

  test('lists no token that has expired since it was saved', async () => {
    let seconds = 1000
    const store = createSqliteTokenStore({ database: open(':memory:'), now: () => seconds * 1000 })
    for (const exp of [2000, 3000]) await store.save(`until ${exp}`, { kind: 'access_token', sub: 'alice', exp })
    seconds = 2000
    expect((await store.list({ sub: 'alice' })).tokens.map(({ record }) => record.exp)).toEqual([3000])
  })

  test('can be migrated by other tools, and does not change when it is opened', () => {
    const path = join(directory(), 'tokens.sqlite')
    const migrated = open(path)
    migrated.exec(sqliteTokenStoreSchema)
    const before = schemaOf(migrated)
    expect(before).toHaveLength(11)
    migrated.exec(sqliteTokenStoreSchema)
    migrated.close()
    const database = open(path)
    createSqliteTokenStore({ database })
    expect(schemaOf(database)).toEqual(before)
  })
})

/** Every table and index of a database, with its SQL statement. */
function schemaOf(database: DatabaseSync): unknown[] {
  return database.prepare('SELECT type, name, sql FROM sqlite_schema ORDER BY name').all()
}

function bytesIn(directoryPath: string): Buffer {
  return Buffer.concat(readdirSync(directoryPath).map((name) => readFileSync(join(directoryPath, name))))
}
