/** The keys of a JWT: what it shares with the events that can end it (docs/revocation-feed.md §9). */
import { sha256 } from '#crypto'
import { type ActiveIntrospectionResponse, signedContent } from '@token-introspection/core'
import { allOf, andThen, type MaybePromise } from '@token-introspection/core/maybe-promise'
import type { RevocationKeys } from '@token-introspection/core/revocations'

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
export function keysOfJwt(
  token: string,
  response: ActiveIntrospectionResponse,
  keyOf: RevocationKeys,
): MaybePromise<JwtKeys> {
  const { iss, jti, sub, client_id: clientId, sid } = response
  const own = [tokenKey(signedContent(token), keyOf)]
  // No token begins with a line feed, so no token has this digest.
  if (isPresent(iss) && isPresent(jti)) own.push(tokenKey(`\n${JSON.stringify([iss, jti])}`, keyOf))
  const shared: MaybePromise<string>[] = []
  if (isPresent(sid)) shared.push(keyOf('session', sid))
  if (isPresent(sub)) shared.push(keyOf('subject', sub))
  if (isPresent(clientId)) shared.push(keyOf('client', clientId))
  return andThen(allOf([...own, ...shared]), (keys) => ({
    own: keys.slice(0, own.length),
    shared: keys.slice(own.length),
  }))
}

function tokenKey(text: string, keyOf: RevocationKeys): MaybePromise<string> {
  return andThen(sha256(text), (digest) => keyOf('token', digest))
}

function isPresent(value: unknown): value is string {
  return typeof value === 'string' && value !== ''
}
