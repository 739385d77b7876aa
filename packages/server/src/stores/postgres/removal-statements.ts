/** The statements that remove rows that are no longer needed. */
import { CUTOFF_COLUMNS, type CutoffKind } from '../cutoff.ts'
import { statement } from './run-statement.ts'

/**
 * Digests of rows to remove, without those that another process is removing. It is an array, because PostgreSQL computes
 * an array once. It may run a subquery of `IN` again for every row, and choose other rows each time.
 */
export function selectDigests(where: string, limit: string): string {
  return `ARRAY(
  SELECT digest FROM introspection_tokens WHERE ${where} LIMIT ${limit} FOR UPDATE SKIP LOCKED
)`
}

/** Removes $2 expired tokens. */
export const REMOVE_EXPIRED = statement(
  'remove_expired_1',
  `DELETE FROM introspection_tokens WHERE digest = ANY(${selectDigests('exp <= $1', '$2')})`,
)

/** The cutoff that may be removed first. */
export const DUE_CUTOFF = statement(
  'due_cutoff_1',
  `SELECT kind, identifier, cut_at FROM introspection_cutoffs WHERE kept_until <= $1 ORDER BY kept_until LIMIT 1`,
)

/** Removes $3 tokens that a cutoff covers, one statement for each kind. */
export const REMOVE_COVERED = byKind((kind) =>
  statement(
    `remove_covered_${kind}_1`,
    `DELETE FROM introspection_tokens WHERE digest = ANY(${selectDigests(`${CUTOFF_COLUMNS[kind]} = $1 AND iat <= $2`, '$3')})`,
  ),
)

/** Removes a cutoff, unless there is still a token that it covers: another process may hold its row. */
export const REMOVE_CUTOFF = byKind((kind) =>
  statement(
    `remove_cutoff_${kind}_1`,
    `DELETE FROM introspection_cutoffs AS cutoff WHERE kind = '${kind}' AND identifier = $1 AND kept_until <= $2
AND NOT EXISTS (SELECT 1 FROM introspection_tokens WHERE ${CUTOFF_COLUMNS[kind]} = $1 AND iat <= cutoff.cut_at)`,
  ),
)

function byKind<Value>(value: (kind: CutoffKind) => Value): Readonly<Record<CutoffKind, Value>> {
  return { grant: value('grant'), session: value('session'), subject: value('subject'), client: value('client') }
}
