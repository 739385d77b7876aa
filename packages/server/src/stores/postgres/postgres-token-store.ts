/** A token store on PostgreSQL: many processes, one database, and one query for all lookups of a tick. */
import { batchByTick } from '../batch-by-tick.ts'
import { CUTOFF_KEPT_SECONDS } from '../cutoff.ts'
import { databaseMethods, listMethods } from '../database-methods.ts'
import { findUnderAll } from '../keyed-digests.ts'
import { parseRecord } from '../pepper.ts'
import { REMOVED_AT_ONCE, REMOVED_PER_SAVE, validateRemovalLimit } from '../removal.ts'
import type { RevocationReceipt } from '../revocation-log.ts'
import { NO_POSITION, receiptOfEarlier } from '../revocation-receipt.ts'
import type { ListingDatabase, TokenRow } from '../token-database.ts'
import { FIND_MANY, FIND_ONE, IS_REVOKED, LIST, STORED } from './lookup-statements.ts'
import { PostgresRevocationLog } from './postgres-revocation-log.ts'
import { createLoggedWrites, type Written } from './logged-writes.ts'
import {
  type PostgresTokenStore,
  type PostgresTokenStoreOptions,
  readPostgresTokenStoreOptions,
} from './postgres-token-store-options.ts'
import { MIGRATE } from './postgres-token-store-schema.ts'
import { removeCutOff, removeExpired } from './remove-expired.ts'
import { countChanged, runStatement } from './run-statement.ts'
import { CONSUME, CUT_OFF, CUT_OFF_LOGGED, REVOKE_LOGGED, SAVE, SAVE_LOGGED } from './write-statements.ts'

/** What saving a token or a tombstone tells. */
interface Saved extends Written {
  /** Whether a cutoff may be removed. */
  readonly due: boolean
}

/**
 * Creates a token store in a PostgreSQL database, over a `Pool` of `pg`. The store keeps tokens by digest alone, so the
 * database holds nothing that could be used as a token. It keeps records as JSON in a column of text, because `jsonb`
 * reorders members, rewrites numbers and refuses the character U+0000. Revoking one token replaces it by a tombstone until
 * the token has expired. Revoking a grant, a session, a user or a client writes one row, and the store removes the revoked
 * tokens bit by bit. A revocation holds for every process from the moment its promise fulfils.
 *
 * Lookups of one event-loop tick share one query, up to 500 lookups each. Statements are named, so that they are planned
 * once per connection. If you use a pooler, such as PgBouncer in transaction mode, it has to support prepared statements.
 *
 * If the pool rejects, the store rejects with the same error, and the handler answers 503. Give the pool a
 * `connectionTimeoutMillis` and a `query_timeout`, because without them it waits for ever. Give it a listener for `error`,
 * because without one a connection that breaks while idle ends the process. Security: connect the pool to the primary. A
 * replica learns of a revocation later.
 *
 * With `revocationLog`, a revocation and its event are one write. Events get their numbers right after it, in a transaction of their
 * own, so revocations do not wait for each other. While somebody follows the log, it takes one connection of the pool for `LISTEN`.
 * Call `migrate` in every deployment before you turn the log on.
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
 * await store.migrate() // creates its tables, if they are missing
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
  const { pool, now, unstoredLifetimeSeconds, revocationLog, peppers } = readPostgresTokenStoreOptions(options)
  const keptSeconds = CUTOFF_KEPT_SECONDS + unstoredLifetimeSeconds
  const settings = revocationLog ?? { keySecret: undefined, retentionSeconds: keptSeconds }
  const log = new PostgresRevocationLog(pool, { ...settings, isAdopted: revocationLog === undefined }, now)
  const writeRow = createLoggedWrites(pool, revocationLog !== undefined)

  /** @param named - the digests from which the keys of the events are made. */
  async function save(digests: readonly string[], row: TokenRow, named: readonly string[]): Promise<RevocationReceipt> {
    const values = [digests, row.json, row.keptUntil ?? null, row.issuedAt, ...row.identifiers, now(), row.revoked]
    const saved = await writeRow<Saved>(SAVE, row.revoked ? REVOKE_LOGGED : SAVE_LOGGED, values, () =>
      Promise.all(named.map(async (digest) => await log.eventKeyOf('token', digest))),
    )
    const receipt = receiptOf(saved)
    if (saved?.due) await removeCutOff(pool, now(), REMOVED_PER_SAVE)
    return receipt
  }

  /** Called right after the commit, so that the sequencer starts then. */
  function receiptOf(written: Written | undefined): RevocationReceipt {
    if (written?.appended === undefined) return NO_POSITION
    return written.appended ? log.receiptAfterCommit() : receiptOfEarlier(log)
  }

  const find = batchByTick<Claims>(async (digests) => {
    const [digest] = digests
    if (digest !== undefined && digests.length === 1) {
      const [row] = await runStatement<{ record: string }>(pool, FIND_ONE, [digest])
      return new Map(row === undefined ? [] : [[digest, row.record]])
    }
    const rows = await runStatement<{ digest: string; record: string }>(pool, FIND_MANY, [digests])
    return new Map(rows.map((row) => [row.digest, row.record]))
  })

  const tables: ListingDatabase = {
    revocations: revocationLog && log,
    find,
    async held(digest) {
      const [row] = await runStatement<{ record: string }>(pool, STORED, [digest])
      return row && parseRecord(row.record)
    },
    saveToken: (digests, row, named) => save(digests, row, [named]),
    saveTombstone: save,
    async consume(digest, before, after) {
      return (await countChanged(pool, CONSUME, [digest, before, after])) === 1
    },
    async cutOff(kind, stored, at, identifier) {
      const values = [kind, stored, at ?? null, now(), keptSeconds]
      return receiptOf(await writeRow<Written>(CUT_OFF, CUT_OFF_LOGGED, values, () => log.eventKeyOf(kind, identifier)))
    },
    async isRevoked(digests, issuedAt, identifiers) {
      const values = [digests, issuedAt, ...identifiers]
      const [row] = await runStatement<{ revoked: boolean }>(pool, IS_REVOKED, values)
      // If the database gives no row, the store cannot tell. Then the token counts as revoked.
      return row?.revoked !== false
    },
    async list({ kind, identifier, after, limit }) {
      const values = [identifier, after.issuedAt, after.digest, now(), limit]
      const rows = await runStatement<{ digest: string; iat: string; record: string }>(pool, LIST[kind], values)
      return rows.map(({ digest, iat, record }) => ({ digest, issuedAt: Number(iat), json: record }))
    },
  }

  return {
    find: findUnderAll(find, peppers) as PostgresTokenStore<Claims>['find'],
    ...databaseMethods(peppers, tables),
    ...listMethods<Claims>(peppers, tables),
    async migrate() {
      await pool.query({ text: MIGRATE })
    },
    async removeExpired(limit = REMOVED_AT_ONCE) {
      validateRemovalLimit(limit)
      return await removeExpired(pool, now(), limit)
    },
  }
}
