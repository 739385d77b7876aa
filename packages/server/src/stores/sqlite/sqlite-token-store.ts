/** A token store on SQLite: one file, several processes, and no server. */
import { CUTOFF_KEPT_SECONDS, FOR_GOOD } from '../cutoff.ts'
import { databaseMethods, listMethods } from '../database-methods.ts'
import { findUnderAll } from '../keyed-digests.ts'
import { parseRecord } from '../pepper.ts'
import { REMOVED_AT_ONCE, REMOVED_PER_SAVE, validateRemovalLimit } from '../removal.ts'
import type { ListedRow, ListingDatabase, TokenRow } from '../token-database.ts'
import type { TokenRecord } from '../token-record.ts'
import { createLog } from './create-log.ts'
import { createRemoval } from './create-removal.ts'
import { FIND, IS_REVOKED, LIST, STORED } from './lookup-statements.ts'
import {
  readSqliteTokenStoreOptions,
  type SqliteTokenStore,
  type SqliteTokenStoreOptions,
} from './sqlite-token-store-options.ts'
import { sqliteTokenStoreSchema } from './sqlite-token-store-schema.ts'
import { createUnloggedWrites } from './unlogged-writes.ts'
import { CONSUME, CUT_OFF, saveAmong } from './write-statements.ts'

/**
 * Creates a token store in a SQLite database, such as one of `node:sqlite`. The store keeps tokens by digest alone, so the
 * file holds nothing that could be used as a token. It keeps records as JSON. Revoking one token replaces it by a tombstone
 * until the token has expired. Revoking a grant, a session, a user or a client writes one row, and the store removes the
 * revoked tokens bit by bit. A revocation holds for every process that has the file open.
 *
 * With `revocationLog`, a revocation and its event are one transaction. Leave `synchronous` at `FULL`, which is the default: with
 * `NORMAL` a power failure may lose the last revocations together with their events.
 *
 * The database is used synchronously. If it is busy, full or closed, the store throws, and the handler answers 503. Give
 * `DatabaseSync` a `timeout` if several processes write, and set `journal_mode = WAL` if they write a lot.
 *
 * @throws TypeError naming the option that is wrong.
 * @throws the error of the database, if it cannot be written.
 *
 * @example
 * ```ts
 * import { DatabaseSync } from 'node:sqlite'
 * import { createSqliteTokenStore } from '@token-introspection/server/sqlite'
 *
 * const database = new DatabaseSync('tokens.sqlite', { timeout: 1000 })
 * database.exec('PRAGMA journal_mode = WAL')
 * const store = createSqliteTokenStore({ database }) // creates its tables, if they are missing
 *
 * const now = Math.floor(Date.now() / 1000)
 * await store.save('2YotnFZFEjr1zCsicMWpAA', { kind: 'access_token', sub: 'alice', iat: now, exp: now + 3600 })
 * await store.revokeSubject('alice')
 * ```
 *
 * @example
 * ```ts
 * import { writeFileSync } from 'node:fs'
 * import { sqliteTokenStoreSchema } from '@token-introspection/server/sqlite'
 *
 * writeFileSync('migrations/0001-tokens.sql', sqliteTokenStoreSchema)
 * ```
 */
export function createSqliteTokenStore<Claims extends object = object>(
  options: SqliteTokenStoreOptions,
): SqliteTokenStore<Claims> {
  const { database, now, unstoredLifetimeSeconds, revocationLog, peppers } = readSqliteTokenStoreOptions(options)
  database.exec(sqliteTokenStoreSchema)
  const keptSeconds = CUTOFF_KEPT_SECONDS + unstoredLifetimeSeconds
  const findRecord = database.prepare(FIND)
  const lookUp = database.prepare(STORED)
  const isRevoked = database.prepare(IS_REVOKED)
  // Of a token two digests are looked at with each pepper: that of the token, and that of the signed part of a JWT.
  const others = 2 * peppers.length - 1
  const save = database.prepare(saveAmong(others))
  const consume = database.prepare(CONSUME)
  const cutOff = database.prepare(CUT_OFF)
  const lists = {
    grant: database.prepare(LIST.grant),
    session: database.prepare(LIST.session),
    subject: database.prepare(LIST.subject),
    client: database.prepare(LIST.client),
  }
  const remove = createRemoval(database)
  const log = revocationLog && createLog(database, { ...revocationLog, isAdopted: false }, now)
  const writes =
    log ??
    createUnloggedWrites(database, now, () =>
      createLog(database, { keySecret: undefined, retentionSeconds: keptSeconds, isAdopted: true }, now),
    )

  function find(keyed: string): TokenRecord<Claims> | null {
    const row = findRecord.get(keyed) as { readonly record: string } | undefined
    return row === undefined ? null : parseRecord<Claims>(row.record)
  }

  function saveRow(digest: string, row: TokenRow, revoked: 0 | 1, tombstones: readonly string[]): void {
    const { json, keptUntil = null, issuedAt, identifiers } = row
    const values = [digest, json, keptUntil, issuedAt, revoked, ...identifiers]
    save.run(...values, revoked, digest, ...firstOf(others, tombstones))
  }

  const tables: ListingDatabase = {
    revocations: log?.revocations,
    find,
    held(digest) {
      const row = lookUp.get(digest) as { readonly record: string } | undefined
      return row && parseRecord(row.record)
    },
    saveToken([digest = '', ...tombstones], row, named) {
      const write = () => {
        saveRow(digest, row, 0, tombstones)
        remove(now(), REMOVED_PER_SAVE)
      }
      return writes.writeTokens([digest], row, write, [named])
    },
    saveTombstone(digests, row, named) {
      const write = () => {
        for (const digest of digests) saveRow(digest, row, 1, [])
        remove(now(), REMOVED_PER_SAVE)
      }
      return writes.writeTokens(digests, row, write, named)
    },
    consume(digest, before, after) {
      return Number(consume.run(after, digest, before).changes) === 1
    },
    cutOff(kind, stored, given, identifier) {
      const write = (at: number) => {
        const keptFrom = at === FOR_GOOD ? now() : Math.max(at, now())
        cutOff.run(kind, stored, at, keptFrom + keptSeconds)
      }
      return writes.writeCutoff({ kind, stored, identifier }, given, write)
    },
    isRevoked([digest = '', other = null], issuedAt, identifiers) {
      const row = isRevoked.get(digest, other, ...identifiers.flatMap((identifier) => [identifier, issuedAt]))
      return Number((row as { readonly revoked: number | bigint }).revoked) === 1
    },
    list({ kind, identifier, after, limit }) {
      const row = lists[kind].get(identifier, after.issuedAt, after.digest, now(), limit) as { readonly rows: string }
      return JSON.parse(row.rows) as readonly ListedRow[]
    },
  }

  return {
    // On runtimes with SQLite the digests need no promise.
    find: findUnderAll(find, peppers) as SqliteTokenStore<Claims>['find'],
    ...databaseMethods(peppers, tables),
    ...listMethods<Claims>(peppers, tables),
    removeExpired(limit = REMOVED_AT_ONCE) {
      validateRemovalLimit(limit)
      return remove(now(), limit)
    },
  }
}

/** As many digests as a statement has places for them. */
function firstOf(count: number, digests: readonly string[]): readonly (string | null)[] {
  return Array.from({ length: count }, (_, index) => digests[index] ?? null)
}
