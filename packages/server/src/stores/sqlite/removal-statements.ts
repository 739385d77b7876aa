/** The statements that remove rows that are no longer needed. */
import { CUTOFF_COLUMNS, type CutoffKind } from '../cutoff.ts'

/** Removes a number of expired tokens. */
export const REMOVE_EXPIRED = `
DELETE FROM introspection_tokens
WHERE digest IN (SELECT digest FROM introspection_tokens WHERE exp <= ? LIMIT ?)`

/** The cutoff that may be removed first. */
export const DUE_CUTOFF = `
SELECT kind, identifier, cut_at FROM introspection_cutoffs WHERE kept_until <= ? ORDER BY kept_until LIMIT 1`

/** Removes a cutoff that was kept long enough. */
export const REMOVE_CUTOFF = 'DELETE FROM introspection_cutoffs WHERE kind = ? AND identifier = ? AND kept_until <= ?'

/** Removes a number of tokens that a cutoff of this kind covers. */
export function removeCovered(kind: CutoffKind): string {
  return `
DELETE FROM introspection_tokens WHERE digest IN (
  SELECT digest FROM introspection_tokens
  WHERE ${CUTOFF_COLUMNS[kind]} = ? AND iat <= ? LIMIT ?
)`
}
