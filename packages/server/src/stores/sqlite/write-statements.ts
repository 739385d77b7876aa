/** The statements that save and revoke. Parameters have no number: Node 22 binds no `?1`. */

/**
 * Saves a token or a tombstone. A tombstone is never replaced by a token that is saved later. The values are those of the row,
 * `revoked` and `digest` again, and the other digests.
 *
 * @param others - how many other digests of the token may have a tombstone.
 */
export function saveAmong(others: number): string {
  const digests = Array.from({ length: 1 + others }, () => '?')
  return `
INSERT INTO introspection_tokens (digest, record, exp, iat, revoked, grant_id, session_id, sub, client_id)
SELECT ?, ?, ?, ?, ?, ?, ?, ?, ?
WHERE ? = 1 OR NOT EXISTS (SELECT 1 FROM introspection_tokens WHERE digest IN (${digests.join(', ')}) AND revoked = 1)
ON CONFLICT (digest) DO UPDATE SET
  record = excluded.record, exp = excluded.exp, iat = excluded.iat, revoked = excluded.revoked,
  grant_id = excluded.grant_id, session_id = excluded.session_id, sub = excluded.sub, client_id = excluded.client_id`
}

/** Replaces a record by that of a consumed token, if it is still the expected one. The values are new record, digest, old record. */
export const CONSUME = `
UPDATE introspection_tokens SET record = ?, revoked = 1 WHERE digest = ? AND record = ?`

/** The moment of a cutoff. */
export const CUT_AT = 'SELECT cut_at FROM introspection_cutoffs WHERE kind = ? AND identifier = ?'

/** Writes a cutoff. Of two moments for one identifier the later one holds. */
export const CUT_OFF = `
INSERT INTO introspection_cutoffs (kind, identifier, cut_at, kept_until) VALUES (?, ?, ?, ?)
ON CONFLICT (kind, identifier) DO UPDATE SET
  cut_at = max(cut_at, excluded.cut_at), kept_until = max(kept_until, excluded.kept_until)`
