/** The statements that save and revoke. */

/**
 * Saves a token or a tombstone. A tombstone is never replaced by a token that is saved later.
 *
 * @param others - how many other digests of the token may have a tombstone.
 */
export function saveAmong(others: number): string {
  const digests = ['?1', ...Array.from({ length: others }, (_, index) => `?${index + 10}`)]
  return `
INSERT INTO introspection_tokens (digest, record, exp, iat, revoked, grant_id, session_id, sub, client_id)
SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9
WHERE ?5 = 1 OR NOT EXISTS (SELECT 1 FROM introspection_tokens WHERE digest IN (${digests.join(', ')}) AND revoked = 1)
ON CONFLICT (digest) DO UPDATE SET
  record = excluded.record, exp = excluded.exp, iat = excluded.iat, revoked = excluded.revoked,
  grant_id = excluded.grant_id, session_id = excluded.session_id, sub = excluded.sub, client_id = excluded.client_id`
}

/** Replaces a record by that of a consumed token, if it is still the expected one. */
export const CONSUME = `
UPDATE introspection_tokens SET record = ?3, revoked = 1 WHERE digest = ?1 AND revoked = 0 AND record = ?2`

/** The moment of a cutoff. */
export const CUT_AT = 'SELECT cut_at FROM introspection_cutoffs WHERE kind = ? AND identifier = ?'

/** Writes a cutoff. Of two moments for one identifier the later one holds. */
export const CUT_OFF = `
INSERT INTO introspection_cutoffs (kind, identifier, cut_at, kept_until) VALUES (?, ?, ?, ?)
ON CONFLICT (kind, identifier) DO UPDATE SET
  cut_at = max(cut_at, excluded.cut_at), kept_until = max(kept_until, excluded.kept_until)`
