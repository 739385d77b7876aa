/** The statements of the log of revocations. */

/** The last row, and what is kept of the secret. */
export const LAST = `
SELECT number, tag, (SELECT secret FROM introspection_revocation_secret WHERE id = 1) AS secret
FROM introspection_revocations ORDER BY number DESC LIMIT 1`

/** Whether there is a log. */
export const HAS_LOG = 'SELECT 1 FROM introspection_revocations LIMIT 1'

/** Changes nothing. It takes the lock of a transaction that writes, and waits for it if it has to. */
export const LOCK = 'DELETE FROM introspection_revocations WHERE number < 0'

/** Removes every row, so that a new log can begin. */
export const END = 'DELETE FROM introspection_revocations'

/** Appends a row. */
export const APPEND = `
INSERT INTO introspection_revocations (number, tag, previous, at, cut, kind, key) VALUES (?, ?, ?, ?, ?, ?, ?)`

/** Whether the log has exactly this event. */
export const HAS = 'SELECT 1 FROM introspection_revocations WHERE number = ? AND tag = ?'

/** When the oldest row was written. The log has every event after it. */
export const SINCE = 'SELECT at FROM introspection_revocations ORDER BY number LIMIT 1'

/** The rows after a number, as one JSON array. The row where a log begins is no event. */
export const READ = `
SELECT json_group_array(json_object(
  'number', number, 'tag', tag, 'previous', previous, 'at', at, 'cut', cut, 'kind', kind, 'key', key
)) AS rows
FROM (SELECT * FROM introspection_revocations WHERE number > ? AND key IS NOT NULL ORDER BY number LIMIT ?)`

/** A trim comes once in so many events, because looking for old rows costs as much as appending one. */
export const EVENTS_PER_TRIM = 8

/**
 * Removes rows that are too old, at most twice as many as were appended since the last trim. The last row always stays. Rows go from the
 * beginning only, so that the rest is a chain.
 */
export const TRIM = `
DELETE FROM introspection_revocations WHERE number < (SELECT max(number) FROM introspection_revocations) AND number < (
  SELECT coalesce(min(number) FILTER (WHERE at > ?), max(number) + 1)
  FROM (SELECT number, at FROM introspection_revocations ORDER BY number LIMIT ${2 * EVENTS_PER_TRIM})
)`

/** Keeps a secret that the processes made, or the id of one that they were given. */
export const KEEP_SECRET = 'INSERT OR REPLACE INTO introspection_revocation_secret (id, secret) VALUES (1, ?)'

/** What is kept of the secret. */
export const SECRET = 'SELECT secret FROM introspection_revocation_secret WHERE id = 1'
