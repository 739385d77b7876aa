/** The keys of a JWT: what it shares with the events that can end it (docs/revocation-feed.md §9). */
import { sha256 } from '#crypto'
import { type ActiveIntrospectionResponse, signedContent } from '@token-introspection/core'
import type { RevocationKeys, RevocationKind } from '@token-introspection/core/revocations'

/** The keys of one JWT. */
export interface JwtKeys {
  /** Each names this token alone. */
  readonly own: readonly string[]
  /** Each names all tokens of a session, a user or a client. */
  readonly shared: readonly string[]
}

/**
 * Makes the keys of a verified JWT: of its signed part, of its `iss` and `jti`, of its `sid`, `sub` and `client_id`. The
 * text of a JWT needs no key, because every revocation of a JWT names the signed part, too.
 */
export async function keysOfJwt(
  token: string,
  response: ActiveIntrospectionResponse,
  keyOf: RevocationKeys,
): Promise<JwtKeys> {
  const { iss, jti, sub, client_id: clientId, sid } = response
  const digests = [sha256(signedContent(token))]
  // No token begins with a line feed, so no token has this digest.
  if (isPresent(iss) && isPresent(jti)) digests.push(sha256(`\n${JSON.stringify([iss, jti])}`))
  const names: readonly (readonly [RevocationKind, unknown])[] = [
    ['session', sid],
    ['subject', sub],
    ['client', clientId],
  ]
  const [own, shared] = await Promise.all([
    Promise.all(digests.map(async (digest) => await keyOf('token', await digest))),
    Promise.all(
      names.flatMap(([kind, name]) => (isPresent(name) ? [name] : []).map(async (text) => await keyOf(kind, text))),
    ),
  ])
  return { own, shared }
}

function isPresent(value: unknown): value is string {
  return typeof value === 'string' && value !== ''
}
