/** Removes rows that are no longer needed. */
import type { CutoffKind } from '../cutoff.ts'
import type { PostgresPool } from './postgres-pool.ts'
import { DUE_CUTOFF, REMOVE_COVERED, REMOVE_CUTOFF, REMOVE_EXPIRED } from './removal-statements.ts'
import { countChanged, runStatement } from './run-statement.ts'

/** Removes up to `limit` expired tokens, and then what cutoffs cover. Gives how many rows it removed. */
export async function removeExpired(pool: PostgresPool, seconds: number, limit: number): Promise<number> {
  const expired = await countChanged(pool, REMOVE_EXPIRED, [seconds, limit])
  return expired < limit ? expired + (await removeCutOff(pool, seconds, limit - expired)) : expired
}

/** Removes the tokens of cutoffs that were kept long enough, and each cutoff after the last token that it covers. */
export async function removeCutOff(pool: PostgresPool, seconds: number, limit: number): Promise<number> {
  let removed = 0
  while (removed < limit) {
    const before = removed
    // `cut_at` is text here, as every `bigint` is, and goes back as it came.
    const [due] = await runStatement<{ kind: CutoffKind; identifier: string; cut_at: string }>(pool, DUE_CUTOFF, [
      seconds,
    ])
    if (due === undefined) break
    const { kind, identifier, cut_at } = due
    removed += await countChanged(pool, REMOVE_COVERED[kind], [identifier, cut_at, limit - removed])
    if (removed < limit) removed += await countChanged(pool, REMOVE_CUTOFF[kind], [identifier, seconds])
    // Another process is removing these rows.
    if (removed === before) break
  }
  return removed
}
