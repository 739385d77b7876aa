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
 * The same for a token, and an event if it replaces another record. $11 is the list with the key of the event. `before` locks its row, so it
 * has the record that is replaced. The condition on `before` has it run first.
 */
export const SAVE_LOGGED = statement(
  'save_logged_2',
  `WITH before AS (
  SELECT record FROM introspection_tokens WHERE digest = ($1::text[])[1] FOR UPDATE
),
${EXPIRED},
written AS (
${insertTokens(['(SELECT count(*) FROM before) >= 0 AND (', ')'], 'kept.xmax <> 0 AS replaced')}
),
events AS (
  INSERT INTO introspection_revocations_unnumbered (at, kind, key)
  SELECT $9::bigint, 'token', ($11::text[])[1] FROM written LEFT JOIN before ON true
  WHERE written.replaced AND before.record IS DISTINCT FROM $2
  RETURNING id
)
SELECT ${IS_DUE}, EXISTS (SELECT 1 FROM events) AS appended`,
)

/**
 * The same for a tombstone, and an event for each digest that had none. $11 is the list of the keys, in the order of the digests.
 *
 * It looks for earlier tombstones in the snapshot of the statement and locks no row for that, because a lock costs as much as half of the
 * write. A tombstone that others write meanwhile gets a second event, which does no harm. The other way round, a tombstone of the
 * snapshot stands until it is removed, and it counts only until then, so no revocation is without its event.
 */
export const REVOKE_LOGGED = statement(
  'revoke_logged_1',
  `WITH ${EXPIRED},
written AS (
${insertTokens(
  ['(', ')'],
  `digest, (
  SELECT before.revoked AND (before.exp IS NULL OR before.exp > $9) FROM introspection_tokens AS before
  WHERE before.digest = kept.digest
) AS stood`,
)}
),
events AS (
  INSERT INTO introspection_revocations_unnumbered (at, kind, key)
  SELECT $9::bigint, 'token', ($11::text[])[array_position($1::text[], digest)] FROM written WHERE stood IS NOT TRUE
  RETURNING id
)
SELECT ${IS_DUE}, EXISTS (SELECT 1 FROM events) AS appended`,
)

/**
 * Replaces a record by that of a consumed token, if it is still the expected one. Of several processes one changes the row: the
 * others wait for it, look at the condition again, and change nothing.
 */
export const CONSUME = statement(
  'consume_2',
  'UPDATE introspection_tokens SET record = $3, revoked = true WHERE digest = $1 AND record = $2',
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

/**
 * The same, and an event with the key $6 if the cutoff is new or becomes later. As for a tombstone, the earlier cutoff is that of the
 * snapshot, for as long as it is kept.
 */
export const CUT_OFF_LOGGED = statement(
  'cut_off_logged_2',
  `WITH ${CLOCK},
written AS (
${insertCutoff('')}
RETURNING cut_at, (
  SELECT before.cut_at FROM introspection_cutoffs AS before
  WHERE before.kind = $1 AND before.identifier = $2 AND before.kept_until > $4::bigint
) AS cut_before
),
events AS (
  INSERT INTO introspection_revocations_unnumbered (at, cut, kind, key)
  SELECT $4::bigint, nullif(cut_at, ${FOR_GOOD}), $1, $6 FROM written WHERE cut_before IS NULL OR cut_at > cut_before
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
