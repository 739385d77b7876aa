/** The tables of the store. */

/**
 * The tables of the store, for tools of your own that migrate your database. Running it again changes nothing.
 * {@link createSqliteTokenStore} runs it too.
 */
export const sqliteTokenStoreSchema = `
CREATE TABLE IF NOT EXISTS introspection_tokens (
  digest TEXT NOT NULL PRIMARY KEY,
  record TEXT NOT NULL,
  exp INTEGER,
  iat INTEGER NOT NULL,
  grant_id TEXT,
  session_id TEXT,
  sub TEXT,
  client_id TEXT,
  revoked INTEGER NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS introspection_tokens_exp ON introspection_tokens (exp) WHERE exp IS NOT NULL;
CREATE INDEX IF NOT EXISTS introspection_tokens_grant ON introspection_tokens (grant_id, iat) WHERE grant_id IS NOT NULL;
CREATE INDEX IF NOT EXISTS introspection_tokens_session ON introspection_tokens (session_id, iat) WHERE session_id IS NOT NULL;
CREATE INDEX IF NOT EXISTS introspection_tokens_sub ON introspection_tokens (sub, iat) WHERE sub IS NOT NULL;
CREATE INDEX IF NOT EXISTS introspection_tokens_client ON introspection_tokens (client_id, iat) WHERE client_id IS NOT NULL;
CREATE TABLE IF NOT EXISTS introspection_cutoffs (
  kind TEXT NOT NULL,
  identifier TEXT NOT NULL,
  cut_at INTEGER NOT NULL,
  kept_until INTEGER NOT NULL,
  PRIMARY KEY (kind, identifier)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS introspection_cutoffs_kept_until ON introspection_cutoffs (kept_until);
CREATE TABLE IF NOT EXISTS introspection_revocations (
  number INTEGER PRIMARY KEY,
  tag TEXT NOT NULL,
  previous TEXT,
  at INTEGER NOT NULL,
  cut INTEGER,
  kind TEXT,
  key TEXT
) STRICT;
CREATE TABLE IF NOT EXISTS introspection_revocation_secret (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  secret TEXT NOT NULL
) STRICT;
`
