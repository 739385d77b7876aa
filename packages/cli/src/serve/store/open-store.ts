/** Opens the token store of the server: in memory, or in a SQLite file. */
import type { DatabaseSync } from 'node:sqlite'
import { createMemoryTokenStore, type ListableTokenStore, type ReceiptedTokenStore } from '@token-introspection/server'
import { UnableError } from '../../errors.ts'

/** A store that can do what the server needs. */
export type ServedStore = ReceiptedTokenStore & ListableTokenStore

/** An open store. */
export interface OpenStore {
  readonly store: ServedStore
  readonly close: () => void
}

/** How long another process may hold the file, in milliseconds. */
const BUSY_MS = 1000

/**
 * Opens the store.
 *
 * @param path - the SQLite file, or `undefined` for memory. The file is made when it is not there.
 * @throws UnableError when the file cannot be opened, or this Node has no SQLite.
 */
export async function openStore(path: string | undefined, now: () => number): Promise<OpenStore> {
  if (path === undefined) {
    return { store: createMemoryTokenStore({ now, revocationLog: true }), close: () => undefined }
  }
  const sqlite = await loadSqlite()
  const { createSqliteTokenStore } = await import('@token-introspection/server/sqlite')
  try {
    const database = new sqlite.DatabaseSync(path, { timeout: BUSY_MS })
    database.exec('PRAGMA journal_mode = WAL')
    return {
      store: createSqliteTokenStore({ database, now, revocationLog: true }),
      close: () => database.close(),
    }
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'it cannot be opened'
    throw new UnableError(`--store ${path}: ${reason}`, { cause: error })
  }
}

/** Only a server with a file loads SQLite. It is not in every build of Node. */
async function loadSqlite(): Promise<{ readonly DatabaseSync: typeof DatabaseSync }> {
  try {
    return await import('node:sqlite')
  } catch (error) {
    throw new UnableError(
      '--store needs node:sqlite, and this Node is built without it. Leave --store out for memory',
      {
        cause: error,
      },
    )
  }
}
