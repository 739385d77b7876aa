/** The tables of the store, and its function. */
import { NUMBERING } from './log-statements.ts'

/** The lock under which processes migrate one after the other. Any number will do, unless another program uses it too. */
const MIGRATION_LOCK = 7662_7009

/**
 * The tables of the store and the function that numbers events of its log, for tools of your own that migrate your database. Running it
 * again changes nothing. The body of the function has semicolons, so give the text to PostgreSQL as a whole.
 */
export const postgresTokenStoreSchema = `
CREATE TABLE IF NOT EXISTS introspection_tokens (
  digest text COLLATE "C" PRIMARY KEY,
  record text NOT NULL,
  exp bigint,
  iat bigint NOT NULL,
  grant_id text COLLATE "C",
  session_id text COLLATE "C",
  sub text COLLATE "C",
  client_id text COLLATE "C",
  revoked boolean NOT NULL DEFAULT false
);
CREATE INDEX IF NOT EXISTS introspection_tokens_exp ON introspection_tokens (exp) WHERE exp IS NOT NULL;
CREATE INDEX IF NOT EXISTS introspection_tokens_grant ON introspection_tokens (grant_id, iat) WHERE grant_id IS NOT NULL;
CREATE INDEX IF NOT EXISTS introspection_tokens_session ON introspection_tokens (session_id, iat) WHERE session_id IS NOT NULL;
CREATE INDEX IF NOT EXISTS introspection_tokens_sub ON introspection_tokens (sub, iat) WHERE sub IS NOT NULL;
CREATE INDEX IF NOT EXISTS introspection_tokens_client ON introspection_tokens (client_id, iat) WHERE client_id IS NOT NULL;
CREATE TABLE IF NOT EXISTS introspection_cutoffs (
  kind text COLLATE "C" NOT NULL,
  identifier text COLLATE "C" NOT NULL,
  cut_at bigint NOT NULL,
  kept_until bigint NOT NULL,
  PRIMARY KEY (kind, identifier)
);
CREATE INDEX IF NOT EXISTS introspection_cutoffs_kept_until ON introspection_cutoffs (kept_until);
CREATE TABLE IF NOT EXISTS introspection_revocations_unnumbered (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at bigint NOT NULL,
  cut bigint,
  kind text NOT NULL,
  key text NOT NULL
);
CREATE TABLE IF NOT EXISTS introspection_revocations (
  number bigint PRIMARY KEY,
  tag text NOT NULL,
  previous text,
  at bigint NOT NULL,
  cut bigint,
  kind text,
  key text
);
CREATE TABLE IF NOT EXISTS introspection_revocation_secret (
  id integer PRIMARY KEY CHECK (id = 1),
  secret text NOT NULL
);
${NUMBERING}`

/** Migrates under the lock. One message of several statements is one transaction, so the lock goes when it is done. */
export const MIGRATE = `SELECT pg_advisory_xact_lock(${MIGRATION_LOCK});\n${postgresTokenStoreSchema}`
