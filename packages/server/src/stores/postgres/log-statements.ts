/** The statements of the log of revocations. */
import { SECRET_ID_LENGTH } from '../known-secret.ts'
import { statement } from './run-statement.ts'

/** The channel on which processes tell each other that there are new events. */
export const CHANNEL = 'introspection_revocations'

/** The most events that one transaction numbers. */
export const NUMBERED_AT_ONCE = 5000

/** The lock under which processes number events one after the other. Any number will do, unless another program uses it too. */
export const SEQUENCER_LOCK = 7662_7010

/** A random tag of 128 bits in base64url. */
const RANDOM_TAG = "translate(encode(uuid_send(gen_random_uuid()), 'base64'), '+/=', '-_')"

/** The id of the secret of the log. NULL if there is none. */
const SECRET_ID = `(SELECT left(secret, ${SECRET_ID_LENGTH}) FROM introspection_revocation_secret)`

/** The id of the secret with which the key of an event was made. An event without a number has it before its key. */
const EVENT_SECRET_ID = `left(key, ${SECRET_ID_LENGTH})`

/** Whether there is a log. */
export const HAS_LOG = 'EXISTS (SELECT 1 FROM introspection_revocations)'

/**
 * Begins a log, unless there is one. Writes of stores without the option look for a log in their own statement. The lock waits for those
 * that are under way. Later ones wait for the lock, and see the log.
 *
 * @param at - seconds since the epoch.
 */
export function beginLog(at: number): string {
  return `SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
SELECT pg_advisory_xact_lock(${SEQUENCER_LOCK});
LOCK TABLE introspection_tokens, introspection_cutoffs IN SHARE MODE;
INSERT INTO introspection_revocations (number, tag, at) SELECT 0, ${RANDOM_TAG}, ${at} WHERE NOT ${HAS_LOG}`
}

/**
 * The function that numbers events. A function, because a connection plans its statements once: planning took three quarters of the time.
 * Its name changes with what it does, because processes of two versions may use one database.
 *
 * Each of its statements sees what was committed before it. After the lock is taken, they see every event that was committed before. It
 * removes rows from the beginning only, so that the rest is a chain; up to two for each new one, so that the removal keeps up. The last row
 * always stays.
 *
 * If there is no log, it numbers nothing and gives no row. An event with a key of another secret removes the log. The secret changes under
 * the same lock. Such an event may still be committed after the first statement has looked, so the second takes those of the secret alone.
 */
export const NUMBERING = `
CREATE OR REPLACE FUNCTION introspection_number_revocations_1(oldest bigint, sender text)
RETURNS TABLE (number bigint, tag text, numbered integer, secret_id text) LANGUAGE plpgsql AS $body$
#variable_conflict use_column
DECLARE
  event record;
  begun bigint;
  previous text;
BEGIN
  PERFORM pg_advisory_xact_lock(${SEQUENCER_LOCK});
  secret_id := ${SECRET_ID};
  DELETE FROM introspection_revocations_unnumbered WHERE ${EVENT_SECRET_ID} IS DISTINCT FROM secret_id;
  IF FOUND THEN
    DELETE FROM introspection_revocations;
  END IF;
  SELECT last.number, last.tag INTO number, tag FROM introspection_revocations AS last ORDER BY last.number DESC LIMIT 1;
  IF NOT FOUND THEN
    RETURN;
  END IF;
  begun := number;
  FOR event IN
    WITH taken AS (
      DELETE FROM introspection_revocations_unnumbered
      WHERE id = ANY(ARRAY(
        SELECT id FROM introspection_revocations_unnumbered WHERE ${EVENT_SECRET_ID} = secret_id ORDER BY id LIMIT ${NUMBERED_AT_ONCE}
      ))
      RETURNING id, at, cut, kind, substr(key, ${SECRET_ID_LENGTH + 1}) AS key
    )
    SELECT at, cut, kind, key FROM taken ORDER BY id
  LOOP
    previous := number || '.' || tag;
    number := number + 1;
    tag := ${RANDOM_TAG};
    INSERT INTO introspection_revocations (number, tag, previous, at, cut, kind, key)
    VALUES (number, tag, previous, event.at, event.cut, event.kind, event.key);
  END LOOP;
  numbered := number - begun;
  IF numbered > 0 THEN
    IF (SELECT at FROM introspection_revocations ORDER BY number LIMIT 1) <= oldest THEN
      DELETE FROM introspection_revocations WHERE number < begun AND number < (
        SELECT coalesce(min(number) FILTER (WHERE at > oldest), max(number) + 1)
        FROM (SELECT number, at FROM introspection_revocations ORDER BY number LIMIT 2 * numbered) AS first
      );
    END IF;
    PERFORM pg_notify('${CHANNEL}', sender);
  END IF;
  RETURN NEXT;
END $body$;
`

/**
 * Numbers events in one message, which is one transaction. It does not wait for the disk, as the revocations before it have. A crash may
 * undo the last numbers. Then the events are without a number again and get new ones with other tags, and followers notice a gap.
 *
 * @param oldest - events up to this moment are removed.
 * @param sender - who notifies the other processes: base64url.
 */
export function numberEvents(oldest: number, sender: string): string {
  return `SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
SET LOCAL synchronous_commit = off;
SELECT number, tag, numbered, secret_id FROM introspection_number_revocations_1(${oldest}, '${sender}')`
}

/**
 * Reads up to $3 rows after the number $1, and says in the same snapshot whether the log has the row with this number and the tag
 * $2, which row is the last, when the oldest row was written, the id of the secret, and whether there are events without a number. The row where a log begins is no event.
 */
export const READ = statement(
  'read_log_3',
  `SELECT EXISTS (SELECT 1 FROM introspection_revocations_unnumbered) AS pending, ${SECRET_ID} AS secret_id,
(SELECT json_build_object('number', number, 'tag', tag)::text FROM introspection_revocations ORDER BY number DESC LIMIT 1) AS last,
(SELECT at FROM introspection_revocations ORDER BY number LIMIT 1)::text AS since,
EXISTS (SELECT 1 FROM introspection_revocations WHERE number = $1::bigint AND tag = $2) AS known,
(SELECT json_agg(event)::text FROM (
  SELECT number, tag, previous, at, cut, kind, key FROM introspection_revocations
  WHERE number > $1::bigint AND key IS NOT NULL ORDER BY number LIMIT $3::integer
) AS event) AS events`,
)

/** Whether the log has exactly this event, and the id of the secret in the same snapshot. */
export const HAS = statement(
  'has_event_2',
  `SELECT EXISTS (SELECT 1 FROM introspection_revocations WHERE number = $1 AND tag = $2) AS known, ${SECRET_ID} AS secret_id`,
)

/**
 * Keeps $1, a secret that this process made or the id of one that it was given, unless there is one that it adopts. With another secret
 * the keys are others, so an event without a key ends the log. $2 is the time of that event. The sequencer must not run meanwhile, because it compares secrets.
 */
export const KEEP_SECRET = statement(
  'keep_secret_2',
  `WITH locked AS MATERIALIZED (SELECT pg_advisory_xact_lock(${SEQUENCER_LOCK})),
kept AS (
  INSERT INTO introspection_revocation_secret AS kept (id, secret) SELECT 1, $1::text FROM locked
  ON CONFLICT (id) DO UPDATE SET secret = excluded.secret
  WHERE kept.secret <> excluded.secret AND least(length(kept.secret), length(excluded.secret)) <= ${SECRET_ID_LENGTH}
  RETURNING id
)
INSERT INTO introspection_revocations_unnumbered (at, kind, key) SELECT $2::bigint, 'token', '' FROM kept`,
)

/** What is kept of the secret. */
export const SECRET = statement('secret_1', 'SELECT secret FROM introspection_revocation_secret WHERE id = 1')
