/** A token store on PostgreSQL: many processes, one database, and one query for all lookups of a tick. */
import { batchByTick } from '../batch-by-tick.ts'
import { CUTOFF_KEPT_SECONDS } from '../cutoff.ts'
import { databaseMethods } from '../database-methods.ts'
import { REMOVED_AT_ONCE, REMOVED_PER_SAVE, validateRemovalLimit } from '../removal.ts'
import type { RevocationReceipt } from '../revocation-log.ts'
import { NO_POSITION } from '../revocation-receipt.ts'
import type { TokenRow } from '../token-database.ts'
import type { TokenRecord } from '../token-record.ts'
import { FIND_MANY, FIND_ONE, HELD, IS_REVOKED } from './lookup-statements.ts'
import {
  type PostgresTokenStore,
  type PostgresTokenStoreOptions,
  readPostgresTokenStoreOptions,
} from './postgres-token-store-options.ts'
import { MIGRATE } from './postgres-token-store-schema.ts'
import { removeCutOff, removeExpired } from './remove-expired.ts'
import { runStatement } from './run-statement.ts'
import { CUT_OFF, SAVE } from './write-statements.ts'

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
  const { pool, now, unstoredLifetimeSeconds } = readPostgresTokenStoreOptions(options)

  async function save(digests: readonly string[], row: TokenRow): Promise<RevocationReceipt> {
    const values = [digests, row.json, row.keptUntil ?? null, row.issuedAt, ...row.identifiers, now(), row.revoked]
    const [saved] = await runStatement<{ due: boolean }>(pool, SAVE, values)
    if (saved?.due) await removeCutOff(pool, now(), REMOVED_PER_SAVE)
    return NO_POSITION
  }

  return {
    find: batchByTick<Claims>(async (digests) => {
      const [digest] = digests
      if (digest !== undefined && digests.length === 1) {
        const [row] = await runStatement<{ record: string }>(pool, FIND_ONE, [digest])
        return new Map(row === undefined ? [] : [[digest, row.record]])
      }
      const rows = await runStatement<{ digest: string; record: string }>(pool, FIND_MANY, [digests])
      return new Map(rows.map((row) => [row.digest, row.record]))
    }),
    ...databaseMethods({
      async held(digest) {
        const [row] = await runStatement<{ record: string }>(pool, HELD, [digest])
        return row && (JSON.parse(row.record) as TokenRecord)
      },
      saveToken: save,
      saveTombstone: save,
      async cutOff(kind, identifier, at) {
        const keptSeconds = CUTOFF_KEPT_SECONDS + unstoredLifetimeSeconds
        await runStatement(pool, CUT_OFF, [kind, identifier, at ?? null, now(), keptSeconds])
        return NO_POSITION
      },
      async isRevoked(digests, issuedAt, identifiers) {
        const values = [digests, issuedAt, ...identifiers]
        const [row] = await runStatement<{ revoked: boolean }>(pool, IS_REVOKED, values)
        // If the database gives no row, the store cannot tell. Then the token counts as revoked.
        return row?.revoked !== false
      },
    }),
    async migrate() {
      await pool.query({ text: MIGRATE })
    },
    async removeExpired(limit = REMOVED_AT_ONCE) {
      validateRemovalLimit(limit)
      return await removeExpired(pool, now(), limit)
    },
  }
}
