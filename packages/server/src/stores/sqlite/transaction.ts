/** Runs several statements as one write. */
import { LOCK } from './log-statements.ts'
import type { SqliteDatabase } from './sqlite-database.ts'

/** Runs `work` as one write. If it throws, nothing is written. */
export type Transact = <Result>(work: () => Result) => Result

/** Prepares transactions. Within a transaction of the caller they are a part of that one. */
export function createTransaction(database: SqliteDatabase): Transact {
  const begin = database.prepare('SAVEPOINT introspection')
  const lock = database.prepare(LOCK)
  const commit = database.prepare('RELEASE introspection')
  const rollback = database.prepare('ROLLBACK TO introspection')

  function cancel(): void {
    try {
      rollback.run()
      commit.run()
    } catch {
      // There is no transaction: the database has ended it itself.
    }
  }

  return (work) => {
    begin.run()
    try {
      // Other processes must not write between a read and a write of this one.
      lock.run()
      const result = work()
      commit.run()
      return result
    } catch (error) {
      cancel()
      throw error
    }
  }
}
