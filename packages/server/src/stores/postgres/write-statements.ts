/** The statements that save and revoke. Each is one atomic write. */
import { FOR_GOOD } from '../cutoff.ts'
import { REMOVED_PER_SAVE } from '../removal.ts'
import { HAS_LOG } from './log-statements.ts'
import { selectDigests } from './removal-statements.ts'
import { statement } from './run-statement.ts'

/** Removes a few expired tokens. */
const EXPIRED = `expired AS (
  DELETE FROM introspection_tokens
  WHERE digest = ANY(${selectDigests('exp <= $9 AND digest <> ALL($1)', String(REMOVED_PER_SAVE))})
)`

/** Whether a cutoff may be removed. */
const IS_DUE = 'EXISTS (SELECT 1 FROM introspection_cutoffs WHERE kept_until <= $9) AS due'

/** The cutoff's moment. */
const CLOCK = 'clock AS (SELECT greatest($4::bigint, floor(extract(epoch FROM clock_timestamp()))::bigint) AS seconds)'

/**
 * Saves a token or a tombstone. In the same round trip it removes expired tokens, and says whether a cutoff may be removed.
 * $1 is the list of digests. For a token these are the digest under which it is found and then those of its tombstones; for a
 * tombstone, all digests under which it is kept. If there is a log, it writes nothing and says so. A tombstone is never replaced by a token that is saved later. The condition of the update looks
 * at the row after it is locked, so it also holds when two processes write at once.
 */
export const SAVE = statement(
  'save_3',
  `WITH ${EXPIRED},
written AS (
${insertTokens([`NOT ${HAS_LOG} AND (`, ')'], '1')}
)
SELECT ${IS_DUE}, ${HAS_LOG} AS logged`,
)

/**
 * The same, and an event for each digest that it revokes or whose record it replaces. $11 is the list of the keys, in the order of
 * the digests. `before` locks its rows, so it has the records that are replaced. The condition on `before` has it run first.
 */
export const SAVE_LOGGED = statement(
  'save_logged_1',
  `WITH before AS (
  SELECT digest, revoked, record FROM introspection_tokens
  WHERE digest = ANY(CASE WHEN $10::boolean THEN $1::text[] ELSE ($1::text[])[1:1] END)
  ORDER BY digest COLLATE "C" FOR UPDATE
),
${EXPIRED},
written AS (
${insertTokens(['(SELECT count(*) FROM before) >= 0 AND (', ')'], 'digest, kept.xmax <> 0 AS replaced')}
),
events AS (
  INSERT INTO introspection_revocations_unnumbered (at, kind, key)
  SELECT $9::bigint, 'token', given.key
  FROM written JOIN unnest($1::text[], $11::text[]) AS given (digest, key) USING (digest) LEFT JOIN before USING (digest)
  WHERE CASE WHEN $10 THEN before.revoked IS NOT TRUE ELSE written.replaced AND before.record IS DISTINCT FROM $2 END
  RETURNING id
)
SELECT ${IS_DUE}, EXISTS (SELECT 1 FROM events) AS appended`,
)

/**
 * Replaces a record by that of a consumed token, if it is still the expected one. Of several processes one changes the row: the
 * others wait for it, look at the condition again, and change nothing.
 */
export const CONSUME = statement(
  'consume_1',
  'UPDATE introspection_tokens SET record = $3, revoked = true WHERE digest = $1 AND record = $2 AND NOT revoked',
)

/**
 * Writes a cutoff at the moment $3. If that is null, the moment is now: the time of this process, $4, or the time of the database
 * if that is later. If only the time of a process counted, a process whose clock is behind would miss tokens that others issued in
 * the last seconds. The cutoff is kept for
 * $5 seconds from then. If there is a log, it writes nothing and says so.
 */
export const CUT_OFF = statement(
  'cut_off_3',
  `WITH ${CLOCK},
written AS (
${insertCutoff(` WHERE NOT ${HAS_LOG}`)}
)
SELECT ${HAS_LOG} AS logged`,
)

/** The same, and an event with the key $6 if the cutoff is new or becomes later. */
export const CUT_OFF_LOGGED = statement(
  'cut_off_logged_1',
  `WITH before AS (
  SELECT cut_at FROM introspection_cutoffs WHERE kind = $1 AND identifier = $2 FOR UPDATE
),
${CLOCK},
written AS (
${insertCutoff(' WHERE (SELECT count(*) FROM before) >= 0')}
RETURNING cut_at
),
events AS (
  INSERT INTO introspection_revocations_unnumbered (at, cut, kind, key)
  SELECT $4::bigint, nullif(written.cut_at, ${FOR_GOOD}), $1, $6 FROM written LEFT JOIN before ON true
  WHERE before.cut_at IS NULL OR written.cut_at > before.cut_at
  RETURNING id
)
SELECT EXISTS (SELECT 1 FROM events) AS appended`,
)

function insertTokens([open, close]: readonly [string, string], returned: string): string {
  return `INSERT INTO introspection_tokens AS kept (digest, record, exp, iat, grant_id, session_id, sub, client_id, revoked)
SELECT digest, $2, $3::bigint, $4::bigint, $5, $6, $7, $8, $10::boolean
FROM unnest($1::text[]) WITH ORDINALITY AS given (digest, place)
WHERE ${open}$10 OR (place = 1 AND NOT EXISTS (
  SELECT 1 FROM introspection_tokens AS tombstone WHERE tombstone.digest = ANY(($1::text[])[2:]) AND tombstone.revoked
))${close}
ORDER BY digest COLLATE "C"
ON CONFLICT (digest) DO UPDATE SET
  record = excluded.record, exp = excluded.exp, iat = excluded.iat, grant_id = excluded.grant_id,
  session_id = excluded.session_id, sub = excluded.sub, client_id = excluded.client_id, revoked = excluded.revoked
WHERE excluded.revoked OR NOT kept.revoked
RETURNING ${returned}`
}

function insertCutoff(condition: string): string {
  return `INSERT INTO introspection_cutoffs AS cutoff (kind, identifier, cut_at, kept_until)
SELECT $1, $2, coalesce($3::bigint, seconds),
  CASE WHEN $3::bigint = ${FOR_GOOD} THEN seconds ELSE greatest($3::bigint, seconds) END + $5::bigint
FROM clock${condition}
ON CONFLICT (kind, identifier) DO UPDATE SET
  cut_at = greatest(cutoff.cut_at, excluded.cut_at), kept_until = greatest(cutoff.kept_until, excluded.kept_until)`
}
