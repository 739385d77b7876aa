/** Opens the token store of the server: in memory, or in a SQLite file. */
import type { DatabaseSync } from 'node:sqlite'
import { createMemoryTokenStore, type ListableTokenStore, type ReceiptedTokenStore } from '@token-introspection/server'
import { UnableError } from '../../errors.ts'
import type { Surroundings } from '../../surroundings/surroundings.ts'

/** A store that can do what the server needs. */
export type ServedStore = ReceiptedTokenStore & ListableTokenStore

/** An open store. */
export interface OpenStore {
  readonly store: ServedStore
  readonly close: () => void
}

/** The ends of the names of the files that SQLite has beside its own while it is open. They hold the newest tokens. */
const BESIDE = ['-wal', '-shm'] as const

/** How long another process may hold the file, in milliseconds. */
const BUSY_MS = 1000

/**
 * Opens the store.
 *
 * @param path - the SQLite file, or `undefined` for memory. A file that is not there is made for this user alone.
 * @throws UnableError when the file cannot be opened, others can write to it, or this Node has no SQLite.
 */
export async function openStore(
  path: string | undefined,
  { now, files }: Pick<Surroundings, 'now' | 'files'>,
): Promise<OpenStore> {
  if (path === undefined) {
    return { store: createMemoryTokenStore({ now, revocationLog: true }), close: () => undefined }
  }
  const sqlite = await loadSqlite()
  const { createSqliteTokenStore } = await import('@token-introspection/server/sqlite')
  try {
    for (const end of ['', ...BESIDE]) await files.makePrivate(path + end)
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
