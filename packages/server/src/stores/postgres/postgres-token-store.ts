/** A token store on PostgreSQL: many processes, one database, and one query for all lookups of a tick. */
import { OptionGroup } from '@token-introspection/core/options'
import { revocationDigests, tombstoneDigests } from '../revocation-digests.ts'
import { toTombstone } from '../to-tombstone.ts'
import type { TokenRecord } from '../token-record.ts'
import { digestToken, type WritableTokenStore } from '../token-store.ts'
import { validateRevocation, validateTokenRecord } from '../validate-token-record.ts'
import { batchByTick } from '../batch-by-tick.ts'
import { toStoredIdentifier } from '../stored-identifier.ts'

/** What is bound to a statement. */
export type PostgresValue = string | number | boolean | null | readonly string[]

/** A query: with a `name` it is parsed and planned once per connection. */
export interface PostgresQuery {
  readonly text: string
  name?: string
  values?: PostgresValue[]
}

/** A pool, as far as the store uses one: `Pool` of `pg` has all of it, and so has a `Client`. */
export interface PostgresPool {
  query(query: PostgresQuery): Promise<{ readonly rows: readonly unknown[]; readonly rowCount: number | null }>
}

/** Options of {@link createPostgresTokenStore}. */
export interface PostgresTokenStoreOptions {
  /** A pool of connections to the primary. It stays yours: the store does not end it. */
  readonly pool: PostgresPool
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

/** The store {@link createPostgresTokenStore} makes. */
export interface PostgresTokenStore<Claims extends object = object> extends WritableTokenStore<Claims> {
  find(digest: string): Promise<TokenRecord<Claims> | null>
  /**
   * Makes the tables and indexes that are not there, in the first schema of the connection's `search_path`. It runs
   * {@link postgresTokenStoreSchema}, one process at a time however many start at once.
   */
  migrate(): Promise<void>
  /**
   * Removes what is of no use any more: expired tokens, and an hour and `unstoredLifetimeSeconds` after a revocation of
   * many at once, those tokens and the row that revoked them. At most `limit` rows (default 1000); gives how many there
   * were. Every `save` and every tombstone removes a few, so that this is for whoever wants the space back sooner. Several
   * processes may do it at once: none waits for the rows another is removing.
   *
   * @throws TypeError when `limit` is not a whole number from 1.
   */
  removeExpired(limit?: number): Promise<number>
}

/**
 * The tables of the store, for those who migrate their database with tools of their own. Running it again changes
 * nothing.
 */
export const postgresTokenStoreSchema = `
CREATE TABLE IF NOT EXISTS introspection_tokens (
  digest text COLLATE "C" PRIMARY KEY,
  record text NOT NULL,
  exp bigint,
  iat bigint NOT NULL,
  grant_id text COLLATE "C",
  session_id text COLLATE "C",
  sub text COLLATE "C",
  client_id text COLLATE "C",
  revoked boolean NOT NULL DEFAULT false
);
CREATE INDEX IF NOT EXISTS introspection_tokens_exp ON introspection_tokens (exp) WHERE exp IS NOT NULL;
CREATE INDEX IF NOT EXISTS introspection_tokens_grant ON introspection_tokens (grant_id, iat) WHERE grant_id IS NOT NULL;
CREATE INDEX IF NOT EXISTS introspection_tokens_session ON introspection_tokens (session_id, iat) WHERE session_id IS NOT NULL;
CREATE INDEX IF NOT EXISTS introspection_tokens_sub ON introspection_tokens (sub, iat) WHERE sub IS NOT NULL;
CREATE INDEX IF NOT EXISTS introspection_tokens_client ON introspection_tokens (client_id, iat) WHERE client_id IS NOT NULL;
CREATE TABLE IF NOT EXISTS introspection_cutoffs (
  kind text COLLATE "C" NOT NULL,
  identifier text COLLATE "C" NOT NULL,
  cut_at bigint NOT NULL,
  kept_until bigint NOT NULL,
  PRIMARY KEY (kind, identifier)
);
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

/** Any number will do, if nobody else means something else by it. */
const MIGRATION_LOCK = 7662_7009

/** Subqueries for one row each, because a join might be planned as a scan of every cutoff there is. */
function isCovered(kind: Kind, identifier: string, issuedAt: string): string {
  return `(
  SELECT ${issuedAt} <= cut_at FROM introspection_cutoffs WHERE kind = '${kind}' AND identifier = ${identifier}
)`
}

const IS_NOT_CUT_OFF = KINDS.map(
  (kind) => `AND ${isCovered(kind, `token.${COLUMNS[kind]}`, 'token.iat')} IS NOT TRUE`,
).join('\n')

const FIND_ONE = statement(
  'find_one_1',
  `SELECT record FROM introspection_tokens AS token WHERE digest = $1
${IS_NOT_CUT_OFF}`,
)

const FIND_MANY = statement(
  'find_many_1',
  `SELECT digest, record FROM introspection_tokens AS token WHERE digest = ANY($1)
${IS_NOT_CUT_OFF}`,
)

/** The token by its digest, unless it may be used; its tombstones; each cutoff that could cover what a resolver knows of it. */
const IS_REVOKED = statement(
  'is_revoked_2',
  `SELECT coalesce((
  SELECT bool_or(revoked OR NOT (true ${IS_NOT_CUT_OFF}))
  FROM introspection_tokens AS token WHERE digest = ANY($1)
), false)
${KINDS.map((kind, index) => `OR coalesce(${isCovered(kind, `$${index + 3}`, '$2::bigint')}, false)`).join('\n')}
AS revoked`,
)

/** The array is made once; a subquery of `IN` may run again for every row, and each time take others. */
function selectDigests(where: string, limit: string): string {
  return `ARRAY(
  SELECT digest FROM introspection_tokens WHERE ${where} LIMIT ${limit} FOR UPDATE SKIP LOCKED
)`
}

/**
 * Also removes expired tokens, and says whether a cutoff is due, which would be another round trip. $1 are the digests: of a
 * token, the one it is found under and then those of its tombstones; of a tombstone, all it is kept under. A tombstone wins
 * over whatever is saved later. The condition of the update looks at the row as it is when it is locked, so it holds for two
 * processes at once.
 */
const SAVE = statement(
  'save_2',
  `WITH expired AS (
  DELETE FROM introspection_tokens
  WHERE digest = ANY(${selectDigests('exp <= $9 AND digest <> ALL($1)', String(REMOVED_PER_SAVE))})
)
INSERT INTO introspection_tokens AS kept (digest, record, exp, iat, grant_id, session_id, sub, client_id, revoked)
SELECT digest, $2, $3::bigint, $4::bigint, $5, $6, $7, $8, $10::boolean
FROM unnest($1::text[]) WITH ORDINALITY AS given (digest, place)
WHERE $10 OR (place = 1 AND NOT EXISTS (
  SELECT 1 FROM introspection_tokens AS tombstone WHERE tombstone.digest = ANY(($1::text[])[2:]) AND tombstone.revoked
))
ORDER BY digest COLLATE "C"
ON CONFLICT (digest) DO UPDATE SET
  record = excluded.record, exp = excluded.exp, iat = excluded.iat, grant_id = excluded.grant_id,
  session_id = excluded.session_id, sub = excluded.sub, client_id = excluded.client_id, revoked = excluded.revoked
WHERE excluded.revoked OR NOT kept.revoked
RETURNING EXISTS (SELECT 1 FROM introspection_cutoffs WHERE kept_until <= $9) AS due`,
)

const HELD = statement('held_1', 'SELECT record FROM introspection_tokens WHERE digest = $1 AND NOT revoked')

/**
 * Dated by the clock of the database where that is ahead of ours, $4: a process whose clock is behind would miss the tokens
 * that others issued in the last seconds. Without a moment, $3, it is now. The cutoff is kept for $5 seconds from then.
 */
const CUT_OFF = statement(
  'cut_off_2',
  `WITH clock AS (SELECT greatest($4::bigint, floor(extract(epoch FROM clock_timestamp()))::bigint) AS seconds)
INSERT INTO introspection_cutoffs AS cutoff (kind, identifier, cut_at, kept_until)
SELECT $1, $2, coalesce($3::bigint, seconds),
  CASE WHEN $3::bigint = ${FOR_GOOD} THEN seconds ELSE greatest($3::bigint, seconds) END + $5::bigint
FROM clock
ON CONFLICT (kind, identifier) DO UPDATE SET
  cut_at = greatest(cutoff.cut_at, excluded.cut_at), kept_until = greatest(cutoff.kept_until, excluded.kept_until)`,
)

const REMOVE_EXPIRED = statement(
  'remove_expired_1',
  `DELETE FROM introspection_tokens WHERE digest = ANY(${selectDigests('exp <= $1', '$2')})`,
)

const DUE_CUTOFF = statement(
  'due_cutoff_1',
  `SELECT kind, identifier, cut_at FROM introspection_cutoffs WHERE kept_until <= $1 ORDER BY kept_until LIMIT 1`,
)

const REMOVE_COVERED = byKind((kind) =>
  statement(
    `remove_covered_${kind}_1`,
    `DELETE FROM introspection_tokens WHERE digest = ANY(${selectDigests(`${COLUMNS[kind]} = $1 AND iat <= $2`, '$3')})`,
  ),
)

/** Not while there is a token that it covers, which another process may hold back. */
const REMOVE_CUTOFF = byKind((kind) =>
  statement(
    `remove_cutoff_${kind}_1`,
    `DELETE FROM introspection_cutoffs AS cutoff WHERE kind = '${kind}' AND identifier = $1 AND kept_until <= $2
AND NOT EXISTS (SELECT 1 FROM introspection_tokens WHERE ${COLUMNS[kind]} = $1 AND iat <= cutoff.cut_at)`,
  ),
)

/**
 * Creates a token store in a PostgreSQL database, over a `Pool` of `pg`. Tokens are kept by digest alone, so the database
 * says nothing that could be used as one. Records are kept as JSON in a column of text: `jsonb` would give members back
 * in another order and numbers in another form, and refuses the character U+0000. A token that was revoked alone is
 * replaced by a tombstone until it has expired; revoking a grant, a session, a user or a client writes
 * one row, and what it revokes is removed bit by bit. A revocation holds for every process from the moment its promise fulfils.
 *
 * Lookups of one event-loop tick share one query, whatever the number of them; more than 500 are several. Statements are
 * named, so that they are planned once per connection: a pooler between them, such as PgBouncer in transaction mode, has
 * to support prepared statements.
 *
 * Whatever the pool rejects with, the store rejects with, and the handler answers 503. Give the pool a
 * `connectionTimeoutMillis` and a `query_timeout`, because without them it waits for ever, and a listener for `error`,
 * because without one a connection that breaks while idle ends the process. Security: the pool has to lead to the
 * primary, as a replica learns of a revocation later.
 *
 * @throws TypeError naming the option that is wrong.
 *
 * @example
 * ```ts
 * import { createPostgresTokenStore } from '@token-introspection/server/postgres'
 * import { Pool } from 'pg'
 *
 * const pool = new Pool({ connectionTimeoutMillis: 2000, query_timeout: 2000 })
 * pool.on('error', (error) => console.error('an idle connection broke', error))
 * const store = createPostgresTokenStore({ pool })
 * await store.migrate() // makes its tables, if they are not there
 *
 * const now = Math.floor(Date.now() / 1000)
 * await store.save('2YotnFZFEjr1zCsicMWpAA', { kind: 'access_token', sub: 'alice', iat: now, exp: now + 3600 })
 * await store.revokeSubject('alice')
 * ```
 *
 * @example
 * ```ts
 * import { writeFileSync } from 'node:fs'
 * import { postgresTokenStoreSchema } from '@token-introspection/server/postgres'
 *
 * writeFileSync('migrations/0001-tokens.sql', postgresTokenStoreSchema)
 * ```
 */
export function createPostgresTokenStore<Claims extends object = object>(
  options: PostgresTokenStoreOptions,
): PostgresTokenStore<Claims> {
  const group = new OptionGroup('', options, ['pool', 'now', 'unstoredLifetimeSeconds'])
  const pool = group.seam<PostgresPool>('pool', 'query')
  if (pool === undefined) throw group.error('pool', 'is required')
  const clock = group.function<() => number>('now') ?? Date.now
  const now = (): number => Math.floor(clock() / 1000)
  const lifetime = group.integer('unstoredLifetimeSeconds', { default: 3600, min: 0, max: 315_360_000 })

  async function run<Row>(prepared: Statement, ...values: PostgresValue[]): Promise<readonly Row[]> {
    const { rows } = await (pool as PostgresPool).query({ ...prepared, values })
    return rows as readonly Row[]
  }

  async function count(prepared: Statement, ...values: PostgresValue[]): Promise<number> {
    const { rowCount } = await (pool as PostgresPool).query({ ...prepared, values })
    return rowCount ?? 0
  }

  const find = batchByTick<Claims>(async (digests) => {
    const [digest] = digests
    if (digest !== undefined && digests.length === 1) {
      const [row] = await run<{ record: string }>(FIND_ONE, digest)
      return new Map(row === undefined ? [] : [[digest, row.record]])
    }
    const rows = await run<{ digest: string; record: string }>(FIND_MANY, digests)
    return new Map(rows.map((row) => [row.digest, row.record]))
  })

  async function revokeAll(kind: Kind, identifier: string, at: number | undefined): Promise<void> {
    await run(CUT_OFF, kind, toStoredIdentifier(identifier), at ?? null, now(), CUTOFF_KEPT_SECONDS + lifetime)
  }

  async function heldRecord(digest: string): Promise<TokenRecord | undefined> {
    const [row] = await run<{ record: string }>(HELD, digest)
    return row && (JSON.parse(row.record) as TokenRecord)
  }

  /** Removes what cutoffs cover that were kept long enough, and each cutoff after the last token it covers. */
  async function removeCutOff(limit: number): Promise<number> {
    const seconds = now()
    let removed = 0
    while (removed < limit) {
      const before = removed
      // `cut_at` is text here, as every `bigint` is, and goes back as it came.
      const [due] = await run<{ kind: Kind; identifier: string; cut_at: string }>(DUE_CUTOFF, seconds)
      if (due === undefined) break
      const { kind, identifier, cut_at } = due
      removed += await count(REMOVE_COVERED[kind], identifier, cut_at, limit - removed)
      if (removed < limit) removed += await count(REMOVE_CUTOFF[kind], identifier, seconds)
      // Another process is at it.
      if (removed === before) break
    }
    return removed
  }

  async function keep(...values: PostgresValue[]): Promise<void> {
    const [row] = await run<{ due: boolean }>(SAVE, ...values)
    if (row?.due) await removeCutOff(REMOVED_PER_SAVE)
  }

  return {
    find,
    async save(token, record) {
      validateTokenRecord(token, record)
      // Read before anything is awaited: the caller may change the object then.
      const { exp, iat, grantId, sessionId, sub, client_id } = record
      const json = JSON.stringify(record)
      const identifiers = [grantId, sessionId, sub, client_id].map((value) => toColumn(value))
      const revoked = Boolean(record.revoked)
      const digests = await revocationDigests(token)
      await keep(digests, json, exp ?? null, iat ?? ISSUED_BEFORE_ALL, ...identifiers, now(), revoked)
    },
    async revoke(token, record) {
      // Read before anything is awaited: the caller may change the object then.
      const known = record ? { ...record } : await heldRecord(await digestToken(token))
      if (known === undefined) return
      const tombstone = toTombstone(known)
      const { exp, iat = ISSUED_BEFORE_ALL } = tombstone
      const keptUntil = exp === undefined ? null : exp + TOMBSTONE_MARGIN_SECONDS
      const digests = await revocationDigests(token, known)
      await keep(digests, JSON.stringify(tombstone), keptUntil, iat, null, null, null, null, now(), true)
    },
    async revokeGrant(grantId) {
      validateRevocation('grantId', grantId)
      await revokeAll('grant', grantId, FOR_GOOD)
    },
    async revokeSession(sessionId) {
      validateRevocation('sessionId', sessionId)
      await revokeAll('session', sessionId, FOR_GOOD)
    },
    async revokeSubject(sub, at) {
      validateRevocation('sub', sub, at)
      await revokeAll('subject', sub, at)
    },
    async revokeClient(clientId) {
      validateRevocation('clientId', clientId)
      await revokeAll('client', clientId, undefined)
    },
    async isRevoked(digest, record) {
      const { grantId, sessionId, sub, client_id } = record
      // An `iat` that cannot be compared is none.
      const { iat = ISSUED_BEFORE_ALL } = toTombstone(record)
      const identifiers = [grantId, sessionId, sub, client_id].map((value) => toColumn(value))
      const [row] = await run<{ revoked: boolean }>(
        IS_REVOKED,
        await tombstoneDigests(digest, record),
        iat,
        ...identifiers,
      )
      return row?.revoked !== false
    },
    async migrate() {
      // One message of several statements is one transaction, so the lock goes when it is done.
      await pool.query({ text: `SELECT pg_advisory_xact_lock(${MIGRATION_LOCK});\n${postgresTokenStoreSchema}` })
    },
    async removeExpired(limit = 1000) {
      if (!Number.isSafeInteger(limit) || limit < 1) throw new TypeError('limit: must be a whole number from 1')
      const expired = await count(REMOVE_EXPIRED, now(), limit)
      return expired < limit ? expired + (await removeCutOff(limit - expired)) : expired
    },
  }
}

/** A statement that keeps its name as long as it keeps its text: a connection knows it by the name alone. */
interface Statement {
  readonly name: string
  readonly text: string
}

function statement(name: string, text: string): Statement {
  return { name: `introspection_${name}`, text }
}

function byKind<Value>(value: (kind: Kind) => Value): Readonly<Record<Kind, Value>> {
  return { grant: value('grant'), session: value('session'), subject: value('subject'), client: value('client') }
}

function toColumn(identifier: string | null | undefined): string | null {
  return identifier === undefined || identifier === null ? null : toStoredIdentifier(identifier)
}
