/** Step `policy`: "active" is not "allowed". What a guard checks besides the binding; the first refusal counts. */
import { type Audience, audienceIntersects, parseScope, scopeIncludes } from '@token-introspection/core'
import type { JudgedToken, Policy, ScopeRule, TokenKind } from './policy.ts'

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
/** Some servers name the kind by its URI (RFC 8693 §3). */
const TOKEN_TYPE_URI = /^urn:ietf:params:oauth:token-type:/

/** Seconds the clock of the authorization server may be ahead when it says when the user logged in. */
const AUTH_TIME_LEEWAY_SECONDS = 5

/** Whether a token is an access token for this resource server; `undefined` when it is. */
export function checkTarget(
  token: JudgedToken,
  { tokenKind, issuers, audience }: Pick<Policy, 'tokenKind' | 'issuers' | 'audience'>,
): 'token_kind' | 'issuer' | 'audience' | undefined {
  if (!isAccessToken(token) || !isOfKind(token, tokenKind)) return 'token_kind'
  if (issuers !== undefined && (token.iss === undefined || !issuers.has(token.iss))) return 'issuer'
  if (audience !== false && !(isAudience(token.aud) && audienceIntersects(token.aud, audience))) return 'audience'
  return undefined
}

/**
 * Whether an access token is enough for the route; `undefined` when it is. To be asked when everything else is settled, so
 * that nobody learns what a route wants by a token that is not theirs (RFC 9470 §9).
 *
 * @param now - the clock, in seconds since the epoch.
 */
export function checkPermission(
  token: JudgedToken,
  policy: Pick<Policy, 'scope' | 'authorizationDetails' | 'permission' | 'acrValues' | 'maxAuthenticationAgeSeconds'>,
  now: () => number,
): 'scope' | 'authorization_details' | 'permissions' | 'authentication' | undefined {
  if (!hasScope(token.scope, policy.scope)) return 'scope'
  if (!hasDetails(token, policy.authorizationDetails)) return 'authorization_details'
  const { permission } = policy
  if (permission !== undefined && !permission(listOf(token.permissions), now())) return 'permissions'
  if (!isAuthenticated(token, policy, now)) return 'authentication'
  return undefined
}

/** A refresh or ID token is refused when anything in the answer says that it is one. */
function isAccessToken(token: JudgedToken): boolean {
  const { token_type: type, token_use: use, token_usage: usage, typ } = token
  return !(isOtherKind(type) || isOtherKind(use) || isOtherKind(usage) || isOtherKind(typ))
}

function isOtherKind(kind: unknown): boolean {
  // What nearly every answer says.
  if (kind === undefined || kind === 'Bearer') return false
  return typeof kind === 'string' && OTHER_TOKEN_KINDS.has(kind.toLowerCase().replace(TOKEN_TYPE_URI, ''))
}

/** What says nothing is refused as well: some servers leave out of refresh tokens what they say of access tokens. */
function isOfKind(token: JudgedToken, kind: TokenKind | undefined): boolean {
  if (kind === undefined) return true
  const said = token[kind.member]
  return typeof said === 'string' && kind.oneOf.some((word) => word.toLowerCase() === said.toLowerCase())
}

/** Any other shape is an audience of nobody. */
function isAudience(aud: unknown): aud is Audience {
  return typeof aud === 'string' || Array.isArray(aud)
}

function hasScope(granted: unknown, { alternatives, accepts }: ScopeRule): boolean {
  const scope = typeof granted === 'string' ? granted : undefined
  if (accepts !== undefined) return isTrue(accepts(parseScope(scope)))
  for (const wanted of alternatives) if (includesAll(scope, wanted)) return true
  return false
}

function includesAll(scope: string | undefined, wanted: readonly string[]): boolean {
  for (const token of wanted) if (!scopeIncludes(scope, token)) return false
  return true
}

function hasDetails({ authorization_details: details }: JudgedToken, accepts: Policy['authorizationDetails']): boolean {
  return accepts === undefined || isTrue(accepts(listOf(details)))
}

/** What is no list grants nothing. */
function listOf<Value>(value: readonly Value[] | undefined): Value[] {
  return Array.isArray(value) ? (value as Value[]) : []
}

/** A function without types might say anything; only `true` is a yes. */
function isTrue(said: unknown): boolean {
  return said === true
}

/** What is missing fails, and so does a login in the future, which says nothing about when it was (RFC 9470 §6). */
function isAuthenticated(
  { acr, auth_time: authTime }: JudgedToken,
  { acrValues, maxAuthenticationAgeSeconds }: Pick<Policy, 'acrValues' | 'maxAuthenticationAgeSeconds'>,
  now: () => number,
): boolean {
  if (acrValues !== undefined && (acr === undefined || !acrValues.includes(acr))) return false
  if (maxAuthenticationAgeSeconds === undefined) return true
  if (typeof authTime !== 'number') return false
  const ageSeconds = now() - authTime
  return ageSeconds >= -AUTH_TIME_LEEWAY_SECONDS && ageSeconds <= maxAuthenticationAgeSeconds
}
