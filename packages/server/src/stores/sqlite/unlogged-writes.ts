/** The writes of a store without the option `revocationLog`. Another process may have the option, and its followers rely on the log. */
import { NO_POSITION } from '../revocation-receipt.ts'
import type { SqliteWrites } from './create-log.ts'
import { HAS_LOG } from './log-statements.ts'
import type { SqliteDatabase } from './sqlite-database.ts'
import { createTransaction } from './transaction.ts'

/**
 * Creates these writes. Each looks for a log in its own transaction. If there is one, it writes nothing and leaves the write to the log.
 *
 * @param adopt - creates the writes that append to the log of the database.
 */
export function createUnloggedWrites(
  database: SqliteDatabase,
  now: () => number,
  adopt: () => SqliteWrites,
): SqliteWrites {
  const transact = createTransaction(database)
  const hasLog = database.prepare(HAS_LOG)
  let adopted: SqliteWrites | undefined

  /** Whether there is no log, so that the write was made. */
  function writesAlone(write: () => void): boolean {
    if (adopted !== undefined) return false
    return transact(() => {
      if (hasLog.get() !== undefined) return false
      write()
      return true
    })
  }

  return {
    writeTokens(digests, row, write, named) {
      return writesAlone(write) ? NO_POSITION : (adopted ??= adopt()).writeTokens(digests, row, write, named)
    },
    writeCutoff(cutoff, at, write) {
      if (writesAlone(() => write(at ?? now()))) return NO_POSITION
      return (adopted ??= adopt()).writeCutoff(cutoff, at, write)
    },
  }
}
