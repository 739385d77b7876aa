/** Step `response`: the two members that a follower of the revocation feed gets in an active answer (docs/revocation-feed.md §5). */
import type { ActiveIntrospectionResponse } from '@token-introspection/core'

/** The values of the two members. */
export interface RevocationMembers {
  /** `revocation_keys` as JSON: a list of strings. It is kept as text, because most answers are written as text. */
  readonly keys: string
  /** `read_at`. `undefined`: the answer is not proven and has no such member. */
  readonly readAt: string | undefined
}

/**
 * The answer with the members. A record may have extension claims with these names. For a follower they are left out, because a
 * claim must not look like a proof.
 */
export function withRevocationMembers(
  { revocation_keys: _keys, read_at: _readAt, ...response }: ActiveIntrospectionResponse,
  { keys, readAt }: RevocationMembers,
): ActiveIntrospectionResponse {
  return {
    ...response,
    active: true,
    revocation_keys: JSON.parse(keys) as readonly string[],
    ...(readAt !== undefined && { read_at: readAt }),
  }
}

/** The same for an answer that is already written as JSON. It costs less than writing the answer again. */
export function appendRevocationMembers(
  body: string,
  response: ActiveIntrospectionResponse,
  members: RevocationMembers,
): string {
  if ('revocation_keys' in response || 'read_at' in response) {
    return JSON.stringify(withRevocationMembers(response, members))
  }
  const { keys, readAt } = members
  // A position has no character that JSON would escape.
  const proof = readAt === undefined ? '' : `,"read_at":"${readAt}"`
  return `${body.slice(0, -1)},"revocation_keys":${keys}${proof}}`
}
