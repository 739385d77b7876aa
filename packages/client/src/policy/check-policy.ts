/** Step `policy`: "active" is not "allowed". Every check a guard makes, in order; the first refusal counts. */
import { audienceIntersects, type RegisteredMembers, scopeIncludes } from '@token-introspection/core'

/** What a guard requires. */
export interface Policy {
  /** Audiences of this resource server, one of which the token must have; `false` when it is checked elsewhere. */
  readonly audience: readonly string[] | false
  /** Scope tokens the token must have, all of them. */
  readonly scope: readonly string[]
}

/** Why an active token was not enough. */
export type PolicyRefusal = 'token_kind' | 'confirmation' | 'audience' | 'scope'

/** Markers by which authorization servers tell token kinds apart; none of them is an access token. */
const OTHER_TOKEN_KINDS = new Set([
  'refresh_token',
  'refresh',
  'offline',
  'id_token',
  'id',
  'device_secret',
  'device_code',
  'user_code',
  'authorization_code',
])
const KIND_MEMBERS = ['token_type', 'token_use', 'token_usage', 'typ'] as const
/** Some servers name the kind by its URI (RFC 8693 §3). */
const TOKEN_TYPE_URI = /^urn:ietf:params:oauth:token-type:/

/** What is judged: an active answer. */
type JudgedToken = Readonly<RegisteredMembers> & { readonly [member: string]: unknown }

/** The first check the token does not pass, or `undefined` when it passes all of them. */
export function checkPolicy(response: JudgedToken, policy: Policy): PolicyRefusal | undefined {
  if (!isAccessToken(response)) return 'token_kind'
  if (isSenderConstrained(response)) return 'confirmation'
  if (policy.audience !== false && !audienceIntersects(response.aud, policy.audience)) return 'audience'
  if (!policy.scope.every((token) => scopeIncludes(response.scope, token))) return 'scope'
  return undefined
}

/** A refresh or ID token is refused when anything in the answer says that it is one. */
function isAccessToken(response: JudgedToken): boolean {
  return KIND_MEMBERS.every((name) => {
    const kind = response[name]
    return typeof kind !== 'string' || !OTHER_TOKEN_KINDS.has(kind.toLowerCase().replace(TOKEN_TYPE_URI, ''))
  })
}

/**
 * A token bound to a key, by `cnf` or by its type, presented as a bearer token: whoever holds it has not proved
 * to be its owner (RFC 9449 §7.2, RFC 8705 §3).
 */
function isSenderConstrained(response: JudgedToken): boolean {
  return response.cnf !== undefined || response.token_type?.toLowerCase() === 'dpop'
}
