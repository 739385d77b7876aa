/** The value of a token: a head of five lines, which scripts read, and the record as JSON. */
import type { TokenRow } from '../token-database.ts'

/**
 * How the value of every revoked token ends, and no other value. A text within a record cannot end the value like this,
 * because a quote in a text has a backslash before it, and an object within a record is followed by one more brace.
 */
const REVOKED_END = ',"revoked":true}'

/** Whether the value under `key` is that of a revoked token, in Lua. */
export const IS_TOMBSTONE = `redis.call('GETRANGE', key, -${REVOKED_END.length}, -1) == '${REVOKED_END}'`

/** The head of a value, as a pattern of Lua: when the token was issued, and the names of its four cutoffs. */
export const HEAD_PATTERN = String.raw`^([^\n]*)\n([^\n]*)\n([^\n]*)\n([^\n]*)\n([^\n]*)\n`

/**
 * The value of a token or a tombstone.
 *
 * @param names - the names of the cutoffs that could cover it.
 */
export function toStoredValue({ json, issuedAt, revoked }: TokenRow, names: readonly string[]): string {
  return [issuedAt, ...names, revoked ? revokedLast(json) : json].join('\n')
}

/** The record in a value. No line of the head begins like a record. */
export function recordIn(value: string): string {
  return value.slice(value.indexOf('\n{') + 1)
}

/** The record of a revoked token with `revoked` as its last member. */
function revokedLast(json: string): string {
  if (json.endsWith(REVOKED_END)) return json
  const { revoked: _, ...members } = JSON.parse(json) as Record<string, unknown>
  return JSON.stringify({ ...members, revoked: true })
}
