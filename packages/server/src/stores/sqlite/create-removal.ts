/** Removes rows that are no longer needed. */
import type { CutoffKind } from '../cutoff.ts'
import { DUE_CUTOFF, REMOVE_CUTOFF, REMOVE_EXPIRED, removeCovered } from './removal-statements.ts'
import type { SqliteDatabase, SqliteStatement, SqliteValue } from './sqlite-database.ts'

/**
 * Prepares the removal of up to a number of rows: first expired tokens, then tokens that cutoffs cover. A cutoff goes when
 * it was kept long enough, and after the last token that it covers.
 */
export function createRemoval(database: SqliteDatabase): (seconds: number, limit: number) => number {
  const expired = database.prepare(REMOVE_EXPIRED)
  const dueCutoff = database.prepare(DUE_CUTOFF)
  const covered = {
    grant: database.prepare(removeCovered('grant')),
    session: database.prepare(removeCovered('session')),
    subject: database.prepare(removeCovered('subject')),
    client: database.prepare(removeCovered('client')),
  }
  const cutoff = database.prepare(REMOVE_CUTOFF)
  return (seconds, limit) => {
    let removed = countChanged(expired, seconds, limit)
    while (removed < limit) {
      const due = dueCutoff.get(seconds) as { kind: CutoffKind; identifier: string; cut_at: number } | undefined
      if (due === undefined) break
      removed += countChanged(covered[due.kind], due.identifier, due.cut_at, limit - removed)
      if (removed < limit) removed += countChanged(cutoff, due.kind, due.identifier, seconds)
    }
    return removed
  }
}

function countChanged(statement: SqliteStatement, ...values: SqliteValue[]): number {
  return Number(statement.run(...values).changes)
}
