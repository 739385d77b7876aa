/** A store of each kind, with an empty database of its own. */
import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { createMemoryTokenStore, type ReceiptedTokenStore, type TokenStoreOptions } from '@token-introspection/server'
import { createPostgresTokenStore } from '@token-introspection/server/postgres'
import { createRedisTokenStore } from '@token-introspection/server/redis'
import { createSqliteTokenStore } from '@token-introspection/server/sqlite'
import { Redis } from 'ioredis'
import { Pool } from 'pg'
import type { StoreTarget } from '../../measure/lane-rounds.ts'

/** Opens the store of a target. */
export async function openStore({ store, url, concurrency }: StoreTarget, options: TokenStoreOptions) {
  return await openers[store](options, url, concurrency)
}

type Opener = (options: TokenStoreOptions, url: string, concurrency: number) => Promise<ReceiptedTokenStore>

const openers: Readonly<Record<StoreTarget['store'], Opener>> = {
  memory: (options) => Promise.resolve(createMemoryTokenStore(options)),
  sqlite(options) {
    const folder = mkdtempSync(join(tmpdir(), 'revocations-'))
    process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
    const database = new DatabaseSync(join(folder, 'tokens.sqlite'), { timeout: 1000 })
    database.exec('PRAGMA journal_mode = WAL')
    return Promise.resolve(createSqliteTokenStore({ database, ...options }))
  },
  redis: (options, url) =>
    Promise.resolve(createRedisTokenStore({ client: new Redis(url), keyPrefix: `{${randomUUID()}}:`, ...options })),
  async postgres(options, url, concurrency) {
    const schema = `revocations_${randomUUID().replaceAll('-', '')}`
    // One connection for each writer, and one for the sequencer.
    const pool = new Pool({ connectionString: url, max: concurrency + 1, options: `-c search_path=${schema}` })
    await pool.query(`CREATE SCHEMA ${schema}`)
    const store = createPostgresTokenStore({ pool, ...options })
    await store.migrate()
    return store
  },
}
