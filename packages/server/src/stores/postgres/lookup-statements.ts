/** The questions that the store asks the database. */
import { CUTOFF_COLUMNS, CUTOFF_KINDS, type CutoffKind } from '../cutoff.ts'
import { type Statement, statement } from './run-statement.ts'

/** One subquery for each row. PostgreSQL might plan a join as a scan of every cutoff. */
function isCovered(kind: CutoffKind, identifier: string, issuedAt: string): string {
  return `(
  SELECT ${issuedAt} <= cut_at FROM introspection_cutoffs WHERE kind = '${kind}' AND identifier = ${identifier}
)`
}

const IS_NOT_CUT_OFF = CUTOFF_KINDS.map(
  (kind) => `AND ${isCovered(kind, `token.${CUTOFF_COLUMNS[kind]}`, 'token.iat')} IS NOT TRUE`,
).join('\n')

/** The record of a token under its digest, unless a cutoff covers it. */
export const FIND_ONE = statement(
  'find_one_1',
  `SELECT record FROM introspection_tokens AS token WHERE digest = $1
${IS_NOT_CUT_OFF}`,
)

/** The same for several digests. */
export const FIND_MANY = statement(
  'find_many_1',
  `SELECT digest, record FROM introspection_tokens AS token WHERE digest = ANY($1)
${IS_NOT_CUT_OFF}`,
)

/** Looks for the token under its digest, for its tombstones, and for each cutoff that could cover the record of a resolver. */
export const IS_REVOKED = statement(
  'is_revoked_2',
  `SELECT coalesce((
  SELECT bool_or(revoked OR NOT (true ${IS_NOT_CUT_OFF}))
  FROM introspection_tokens AS token WHERE digest = ANY($1)
), false)
${CUTOFF_KINDS.map((kind, index) => `OR coalesce(${isCovered(kind, `$${index + 3}`, '$2::bigint')}, false)`).join('\n')}
AS revoked`,
)

/** The record under a digest, revoked or not. */
export const STORED = statement('stored_1', 'SELECT record FROM introspection_tokens WHERE digest = $1')

/** A page of the live tokens of each kind of owner. `iat` is text here, as every `bigint` is. */
export const LIST = {
  grant: listOf('grant'),
  session: listOf('session'),
  subject: listOf('subject'),
  client: listOf('client'),
} as const

function listOf(kind: CutoffKind): Statement {
  return statement(
    `list_${kind}_1`,
    `SELECT digest, iat, record FROM introspection_tokens AS token
WHERE ${CUTOFF_COLUMNS[kind]} = $1 AND (iat, digest) < ($2::bigint, $3::text COLLATE "C") AND NOT revoked AND (exp IS NULL OR exp > $4)
${IS_NOT_CUT_OFF}
ORDER BY iat DESC, digest DESC LIMIT $5`,
  )
}
