/** A token store on SQLite: one file, several processes, nothing to run beside it. */
import { OptionGroup } from '@token-introspection/core/options'
import { revocationDigests, tombstoneDigests } from '../revocation-digests.ts'
import { toTombstone } from '../to-tombstone.ts'
import type { TokenRecord } from '../token-record.ts'
import { digestToken, type WritableTokenStore } from '../token-store.ts'
import { validateRevocation, validateTokenRecord } from '../validate-token-record.ts'

/** What is bound to a statement. */
export type SqliteValue = string | number | null

/** A prepared statement, as far as the store uses one. */
export interface SqliteStatement {
  get(...values: SqliteValue[]): unknown
  run(...values: SqliteValue[]): { readonly changes: number | bigint }
}

/** A database, as far as the store uses one: `DatabaseSync` of `node:sqlite` has all of it. */
export interface SqliteDatabase {
  exec(sql: string): void
  prepare(sql: string): SqliteStatement
}

/** Options of {@link createSqliteTokenStore}. */
export interface SqliteTokenStoreOptions {
  /** An open database. It stays yours: the store does not close it, and sets no pragma. */
  readonly database: SqliteDatabase
  /** Milliseconds since the epoch; `Date.now` unless given. Expired tokens are removed by it, and a revocation is dated by it. */
  readonly now?: (() => number) | undefined
  /**
   * Seconds that a token lives at the longest which the store does not hold, such as a JWT access token. A revocation of
   * many tokens is kept for that and an hour. Default 3600, from 0, for when there are none, to 315360000.
   *
   * Security: set it to the longest lifetime of your JWTs. One that lives longer is usable again once the revocation of
   * its grant, session, user or client is removed.
   */
  readonly unstoredLifetimeSeconds?: number | undefined
}

/** The store {@link createSqliteTokenStore} makes. */
export interface SqliteTokenStore<Claims extends object = object> extends WritableTokenStore<Claims> {
  /** Not a promise: the handler goes on at once. */
  find(digest: string): TokenRecord<Claims> | null
  /**
   * Removes what is of no use any more: expired tokens, and an hour and `unstoredLifetimeSeconds` after a revocation of
   * many at once, those tokens and the row that revoked them. At most `limit` rows (default 1000); gives how many there
   * were. Every `save` and every tombstone removes a few, so that this is for whoever wants the space back sooner.
   */
  removeExpired(limit?: number): number
}

/**
 * The tables of the store, for those who migrate their database with tools of their own. Running it again changes
 * nothing; {@link createSqliteTokenStore} runs it too.
 */
export const sqliteTokenStoreSchema = `
CREATE TABLE IF NOT EXISTS introspection_tokens (
  digest TEXT NOT NULL PRIMARY KEY,
  record TEXT NOT NULL,
  exp INTEGER,
  iat INTEGER NOT NULL,
  grant_id TEXT,
  session_id TEXT,
  sub TEXT,
  client_id TEXT,
  revoked INTEGER NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS introspection_tokens_exp ON introspection_tokens (exp) WHERE exp IS NOT NULL;
CREATE INDEX IF NOT EXISTS introspection_tokens_grant ON introspection_tokens (grant_id, iat) WHERE grant_id IS NOT NULL;
CREATE INDEX IF NOT EXISTS introspection_tokens_session ON introspection_tokens (session_id, iat) WHERE session_id IS NOT NULL;
CREATE INDEX IF NOT EXISTS introspection_tokens_sub ON introspection_tokens (sub, iat) WHERE sub IS NOT NULL;
CREATE INDEX IF NOT EXISTS introspection_tokens_client ON introspection_tokens (client_id, iat) WHERE client_id IS NOT NULL;
CREATE TABLE IF NOT EXISTS introspection_cutoffs (
  kind TEXT NOT NULL,
  identifier TEXT NOT NULL,
  cut_at INTEGER NOT NULL,
  kept_until INTEGER NOT NULL,
  PRIMARY KEY (kind, identifier)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS introspection_cutoffs_kept_until ON introspection_cutoffs (kept_until);
`

/** What tokens are revoked by, and the column that holds it: each a kind of cutoff. */
const COLUMNS = { grant: 'grant_id', session: 'session_id', subject: 'sub', client: 'client_id' } as const

type Kind = keyof typeof COLUMNS

const KINDS = Object.keys(COLUMNS) as Kind[]

/** The `iat` of a token that has none: before every cutoff there can be. */
const ISSUED_BEFORE_ALL = -1

/** Later than every `iat` there can be: the moment of what ends for good. */
const FOR_GOOD = 1e11

/** Seconds for which a cutoff is kept for tokens that are issued or saved late, and because clocks may differ. */
const CUTOFF_KEPT_SECONDS = 3600

/** Seconds that a tombstone is kept beyond `exp`: whoever judges the token may have another clock. */
const TOMBSTONE_MARGIN_SECONDS = 300

/** Tokens that one `save` removes: more than one, so that a backlog shrinks. */
const REMOVED_PER_SAVE = 2

/** One statement per lookup: the token by its digest, each cutoff by its primary key. */
const FIND = `
SELECT record FROM introspection_tokens AS token WHERE digest = ?
${KINDS.map((kind) => `AND NOT ${isCovered(kind, `token.${COLUMNS[kind]}`, 'token.iat')}`).join('\n')}`

/** The token by its digest, unless it may be used; its tombstones; each cutoff that could cover what a resolver knows of it. */
const IS_REVOKED = `
SELECT EXISTS (
  SELECT 1 FROM introspection_tokens AS token WHERE digest IN (?1, ?7) AND (
    revoked = 1
${KINDS.map((kind) => `    OR ${isCovered(kind, `token.${COLUMNS[kind]}`, 'token.iat')}`).join('\n')}
  )
)
${KINDS.map((kind, index) => `OR ${isCovered(kind, `?${index + 3}`, '?2')}`).join('\n')}
AS revoked`

/** A tombstone of the token wins over whatever is saved later. */
const SAVE = `
INSERT INTO introspection_tokens (digest, record, exp, iat, revoked, grant_id, session_id, sub, client_id)
SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9
WHERE ?5 = 1 OR NOT EXISTS (SELECT 1 FROM introspection_tokens WHERE digest IN (?1, ?10) AND revoked = 1)
ON CONFLICT (digest) DO UPDATE SET
  record = excluded.record, exp = excluded.exp, iat = excluded.iat, revoked = excluded.revoked,
  grant_id = excluded.grant_id, session_id = excluded.session_id, sub = excluded.sub, client_id = excluded.client_id`

const CUT_OFF = `
INSERT INTO introspection_cutoffs (kind, identifier, cut_at, kept_until) VALUES (?, ?, ?, ?)
ON CONFLICT (kind, identifier) DO UPDATE SET
  cut_at = max(cut_at, excluded.cut_at), kept_until = max(kept_until, excluded.kept_until)`

const REMOVE_EXPIRED = `
DELETE FROM introspection_tokens
WHERE digest IN (SELECT digest FROM introspection_tokens WHERE exp <= ? LIMIT ?)`

const DUE_CUTOFF = `
SELECT kind, identifier, cut_at FROM introspection_cutoffs WHERE kept_until <= ? ORDER BY kept_until LIMIT 1`

function isCovered(kind: Kind, identifier: string, issuedAt: string): string {
  return `EXISTS (
  SELECT 1 FROM introspection_cutoffs WHERE kind = '${kind}' AND identifier = ${identifier} AND ${issuedAt} <= cut_at
)`
}

function removeCutOff(kind: Kind): string {
  return `
DELETE FROM introspection_tokens WHERE digest IN (
  SELECT digest FROM introspection_tokens
  WHERE ${COLUMNS[kind]} = ? AND iat <= ? LIMIT ?
)`
}

/**
 * Creates a token store in a SQLite database, such as one of `node:sqlite`. Tokens are kept by digest alone, so the file
 * says nothing that could be used as one; records are kept as JSON. A token that was revoked alone is
 * replaced by a tombstone until it has expired; revoking a grant, a session, a user or a client writes one row, and what it
 * revokes is removed bit by bit. Revocations hold for every process that has the file open.
 *
 * The database is used synchronously. One that is busy, full or closed makes the store throw, and the handler answers
 * 503: give `DatabaseSync` a `timeout` when several processes write, and `journal_mode = WAL` when they write a lot.
 *
 * @throws TypeError naming the option that is wrong.
 * @throws what the database throws when it cannot be written.
 *
 * @example
 * ```ts
 * import { DatabaseSync } from 'node:sqlite'
 * import { createSqliteTokenStore } from '@token-introspection/server/sqlite'
 *
 * const database = new DatabaseSync('tokens.sqlite', { timeout: 1000 })
 * database.exec('PRAGMA journal_mode = WAL')
 * const store = createSqliteTokenStore({ database }) // makes its tables, if they are not there
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
  const group = new OptionGroup('', options, ['database', 'now', 'unstoredLifetimeSeconds'])
  const database = group.seam<SqliteDatabase>('database', 'exec', 'prepare')
  if (database === undefined) throw group.error('database', 'is required')
  const clock = group.function<() => number>('now') ?? Date.now
  const now = (): number => Math.floor(clock() / 1000)
  const lifetime = group.integer('unstoredLifetimeSeconds', { default: 3600, min: 0, max: 315_360_000 })

  database.exec(sqliteTokenStoreSchema)
  const find = database.prepare(FIND)
  const isRevoked = database.prepare(IS_REVOKED)
  const save = database.prepare(SAVE)
  const held = database.prepare('SELECT record FROM introspection_tokens WHERE digest = ? AND revoked = 0')
  const cutOff = database.prepare(CUT_OFF)
  const removeExpired = database.prepare(REMOVE_EXPIRED)
  const dueCutoff = database.prepare(DUE_CUTOFF)
  const removeCovered = {
    grant: database.prepare(removeCutOff('grant')),
    session: database.prepare(removeCutOff('session')),
    subject: database.prepare(removeCutOff('subject')),
    client: database.prepare(removeCutOff('client')),
  }
  const removeCutoff = database.prepare(
    'DELETE FROM introspection_cutoffs WHERE kind = ? AND identifier = ? AND kept_until <= ?',
  )

  function heldRecord(digest: string): TokenRecord | undefined {
    const row = held.get(digest) as { readonly record: string } | undefined
    return row && (JSON.parse(row.record) as TokenRecord)
  }

  function revokeAll(kind: Kind, identifier: string, at: number): void {
    const keptFrom = at === FOR_GOOD ? now() : Math.max(at, now())
    cutOff.run(kind, identifier, at, keptFrom + CUTOFF_KEPT_SECONDS + lifetime)
  }

  /** Removes rows up to a number; a cutoff goes once it was kept long enough, and after the last token it covers. */
  function removeUpTo(limit: number): number {
    const seconds = now()
    let removed = changesOf(removeExpired.run(seconds, limit))
    while (removed < limit) {
      const due = dueCutoff.get(seconds) as { kind: Kind; identifier: string; cut_at: number } | undefined
      if (due === undefined) break
      removed += changesOf(removeCovered[due.kind].run(due.identifier, due.cut_at, limit - removed))
      if (removed < limit) removed += changesOf(removeCutoff.run(due.kind, due.identifier, seconds))
    }
    return removed
  }

  return {
    find(digest) {
      const row = find.get(digest) as { readonly record: string } | undefined
      return row === undefined ? null : (JSON.parse(row.record) as TokenRecord<Claims>)
    },
    async save(token, record) {
      validateTokenRecord(token, record)
      // Read before anything is awaited: the caller may change the object then.
      const { exp, iat, grantId, sessionId, sub, client_id } = record
      const json = JSON.stringify(record)
      const identifiers = [grantId, sessionId, sub, client_id].map((value) => value ?? null)
      const values = [json, exp ?? null, iat ?? ISSUED_BEFORE_ALL, record.revoked ? 1 : 0, ...identifiers]
      const [digest = '', signed = null] = await revocationDigests(token)
      save.run(digest, ...values, signed)
      removeUpTo(REMOVED_PER_SAVE)
    },
    async revoke(token, record) {
      // Read before anything is awaited: the caller may change the object then.
      const known = record ? { ...record } : heldRecord(await digestToken(token))
      if (known === undefined) return
      const tombstone = toTombstone(known)
      const { exp, iat = ISSUED_BEFORE_ALL } = tombstone
      const keptUntil = exp === undefined ? null : exp + TOMBSTONE_MARGIN_SECONDS
      const values = [JSON.stringify(tombstone), keptUntil, iat, 1, null, null, null, null, null]
      for (const digest of await revocationDigests(token, known)) save.run(digest, ...values)
      removeUpTo(REMOVED_PER_SAVE)
    },
    async revokeGrant(grantId) {
      validateRevocation('grantId', grantId)
      revokeAll('grant', grantId, FOR_GOOD)
    },
    async revokeSession(sessionId) {
      validateRevocation('sessionId', sessionId)
      revokeAll('session', sessionId, FOR_GOOD)
    },
    async revokeSubject(sub, at = now()) {
      validateRevocation('sub', sub, at)
      revokeAll('subject', sub, at)
    },
    async revokeClient(clientId) {
      validateRevocation('clientId', clientId)
      revokeAll('client', clientId, now())
    },
    isRevoked(digest, record) {
      const { grantId, sessionId, sub, client_id } = record
      // An `iat` that cannot be compared is none.
      const { iat = ISSUED_BEFORE_ALL } = toTombstone(record)
      const identifiers = [grantId, sessionId, sub, client_id].map((value) => value ?? null)
      const ask = ([, other = null]: readonly (string | null)[]): boolean => {
        const row = isRevoked.get(digest, iat, ...identifiers, other)
        return Number((row as { readonly revoked: number | bigint }).revoked) === 1
      }
      const digests = tombstoneDigests(digest, record)
      return digests instanceof Promise ? digests.then(ask) : ask(digests)
    },
    removeExpired(limit = 1000) {
      if (!Number.isSafeInteger(limit) || limit < 1) throw new TypeError('limit: must be a whole number from 1')
      return removeUpTo(limit)
    },
  }
}

function changesOf({ changes }: { readonly changes: number | bigint }): number {
  return Number(changes)
}
