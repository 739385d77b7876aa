/** Writes that append to the log if the database has one, whether or not this process has the option `revocationLog`. */
import type { MaybePromise } from '@token-introspection/core/maybe-promise'
import type { PostgresPool, PostgresValue } from './postgres-pool.ts'
import { runStatement, type Statement } from './run-statement.ts'

/** What a write tells. */
export interface Written {
  /** Whether there is a log, so that a write without an event wrote nothing. */
  readonly logged?: boolean
  /** Whether it appended an event. `undefined` if it was a write without a log. */
  readonly appended?: boolean
}

/**
 * Runs a write.
 *
 * @param plain - the write without an event. It writes nothing if there is a log.
 * @param logged - the write with an event, whose last value is made by `keys`.
 */
export type WriteRow = <Row extends Written>(
  plain: Statement,
  logged: Statement,
  values: readonly PostgresValue[],
  keys: () => MaybePromise<PostgresValue>,
) => Promise<Row | undefined>

/**
 * Creates these writes.
 *
 * @param isLogged - whether the process has the option. Otherwise each write looks for a log, until there is one.
 */
export function createLoggedWrites(pool: PostgresPool, isLogged: boolean): WriteRow {
  let logs = isLogged
  return async (plain, logged, values, keys) => {
    if (!logs) {
      const [row] = await runStatement<never>(pool, plain, [...values])
      if (!(row as Written | undefined)?.logged) return row
      logs = true
    }
    const [row] = await runStatement<never>(pool, logged, [...values, await keys()])
    return row
  }
}
