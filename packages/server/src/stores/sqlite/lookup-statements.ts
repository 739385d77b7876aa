/** The questions that the store asks the database. Parameters have no number: Node 22 binds no `?1`. */
import { CUTOFF_COLUMNS, CUTOFF_KINDS, type CutoffKind } from '../cutoff.ts'

/** One statement for each lookup. It finds the token by its digest and each cutoff by its primary key. */
export const FIND = `
SELECT record FROM introspection_tokens AS token WHERE digest = ?
${CUTOFF_KINDS.map((kind) => `AND NOT ${isCovered(kind, `token.${CUTOFF_COLUMNS[kind]}`, 'token.iat')}`).join('\n')}`

/**
 * Looks for the token under its digest, for its tombstones, and for each cutoff that could cover the record of a resolver. The
 * values are two digests, and then for each kind the identifier and `iat`.
 */
export const IS_REVOKED = `
SELECT EXISTS (
  SELECT 1 FROM introspection_tokens AS token WHERE digest IN (?, ?) AND (
    revoked = 1
${CUTOFF_KINDS.map((kind) => `    OR ${isCovered(kind, `token.${CUTOFF_COLUMNS[kind]}`, 'token.iat')}`).join('\n')}
  )
)
${CUTOFF_KINDS.map((kind) => `OR ${isCovered(kind, '?', '?')}`).join('\n')}
AS revoked`

/** The record under a digest, revoked or not. */
export const STORED = 'SELECT record, revoked FROM introspection_tokens WHERE digest = ?'

/** A page of the live tokens of each kind of owner, as one JSON array. */
export const LIST = {
  grant: listOf('grant_id'),
  session: listOf('session_id'),
  subject: listOf('sub'),
  client: listOf('client_id'),
} as const satisfies Record<CutoffKind, string>

function listOf(column: string): string {
  return `
SELECT json_group_array(json_object('digest', digest, 'issuedAt', iat, 'json', record)) AS rows
FROM (
  SELECT digest, iat, record FROM introspection_tokens AS token
  WHERE ${column} = ? AND (iat, digest) < (?, ?) AND revoked = 0 AND (exp IS NULL OR exp > ?)
${CUTOFF_KINDS.map((kind) => `  AND NOT ${isCovered(kind, `token.${CUTOFF_COLUMNS[kind]}`, 'token.iat')}`).join('\n')}
  ORDER BY iat DESC, digest DESC LIMIT ?
)`
}

function isCovered(kind: CutoffKind, identifier: string, issuedAt: string): string {
  return `EXISTS (
  SELECT 1 FROM introspection_cutoffs WHERE kind = '${kind}' AND identifier = ${identifier} AND ${issuedAt} <= cut_at
)`
}
