/** The statements that save and revoke. Each is one atomic write. */
import { FOR_GOOD } from '../cutoff.ts'
import { REMOVED_PER_SAVE } from '../removal.ts'
import { selectDigests } from './removal-statements.ts'
import { statement } from './run-statement.ts'

/**
 * Saves a token or a tombstone. In the same round trip it removes expired tokens, and says whether a cutoff may be removed.
 * $1 is the list of digests. For a token these are the digest under which it is found and then those of its tombstones; for a
 * tombstone, all digests under which it is kept. A tombstone is never replaced by a token that is saved later. The condition of the update looks
 * at the row after it is locked, so it also holds when two processes write at once.
 */
export const SAVE = statement(
  'save_2',
  `WITH expired AS (
  DELETE FROM introspection_tokens
  WHERE digest = ANY(${selectDigests('exp <= $9 AND digest <> ALL($1)', String(REMOVED_PER_SAVE))})
)
INSERT INTO introspection_tokens AS kept (digest, record, exp, iat, grant_id, session_id, sub, client_id, revoked)
SELECT digest, $2, $3::bigint, $4::bigint, $5, $6, $7, $8, $10::boolean
FROM unnest($1::text[]) WITH ORDINALITY AS given (digest, place)
WHERE $10 OR (place = 1 AND NOT EXISTS (
  SELECT 1 FROM introspection_tokens AS tombstone WHERE tombstone.digest = ANY(($1::text[])[2:]) AND tombstone.revoked
))
ORDER BY digest COLLATE "C"
ON CONFLICT (digest) DO UPDATE SET
  record = excluded.record, exp = excluded.exp, iat = excluded.iat, grant_id = excluded.grant_id,
  session_id = excluded.session_id, sub = excluded.sub, client_id = excluded.client_id, revoked = excluded.revoked
WHERE excluded.revoked OR NOT kept.revoked
RETURNING EXISTS (SELECT 1 FROM introspection_cutoffs WHERE kept_until <= $9) AS due`,
)

/**
 * Writes a cutoff at the moment $3. If that is null, the moment is now: the time of this process, $4, or the time of the database
 * if that is later. If only the time of a process counted, a process whose clock is behind would miss tokens that others issued in
 * the last seconds. The cutoff is kept for
 * $5 seconds from then.
 */
export const CUT_OFF = statement(
  'cut_off_2',
  `WITH clock AS (SELECT greatest($4::bigint, floor(extract(epoch FROM clock_timestamp()))::bigint) AS seconds)
INSERT INTO introspection_cutoffs AS cutoff (kind, identifier, cut_at, kept_until)
SELECT $1, $2, coalesce($3::bigint, seconds),
  CASE WHEN $3::bigint = ${FOR_GOOD} THEN seconds ELSE greatest($3::bigint, seconds) END + $5::bigint
FROM clock
ON CONFLICT (kind, identifier) DO UPDATE SET
  cut_at = greatest(cutoff.cut_at, excluded.cut_at), kept_until = greatest(cutoff.kept_until, excluded.kept_until)`,
)
