/**
 * Step `policy`: an active token is not automatically allowed. These are the checks of a guard except for the binding.
 * The first refusal counts.
 */
import { type Audience, audienceIntersects, isAccessToken, parseScope, scopeIncludes } from '@token-introspection/core'
import type { EnoughScopes, JudgedToken, Policy } from './policy.ts'

/** How many seconds the clock of the authorization server may be ahead when it sends the time of the login. */
const AUTH_TIME_LEEWAY_SECONDS = 5

/** Why a token is not an access token for this resource server; `undefined` when it is one. */
export function checkTarget(
  token: JudgedToken,
  policy: Pick<Policy, 'tokenKind' | 'acceptedTokenTypes' | 'issuers' | 'audience' | 'passed'>,
): 'token_kind' | 'issuer' | 'audience' | undefined {
  if (!isAccessToken(token, policy)) return 'token_kind'
  if (!hasIssuer(token, policy)) return 'issuer'
  return hasAudience(token.aud, policy) ? undefined : 'audience'
}

/**
 * Why an access token is not enough for the route; `undefined` when it is enough. Call it after all other checks, so
 * that the sender of a stolen token does not learn the requirements of a route (RFC 9470 §9).
 *
 * @param now - the clock, in seconds since the epoch.
 */
export function checkPermission(
  token: JudgedToken,
  policy: Pick<
    Policy,
    'scope' | 'passed' | 'authorizationDetails' | 'permission' | 'acrValues' | 'maxAuthenticationAgeSeconds'
  >,
  now: () => number,
): 'scope' | 'authorization_details' | 'permissions' | 'authentication' | undefined {
  if (!hasScope(token.scope, policy)) return 'scope'
  if (!hasDetails(token, policy.authorizationDetails)) return 'authorization_details'
  const { permission } = policy
  if (permission !== undefined && !hasPermission(token, permission, now)) return 'permissions'
  if (!isAuthenticated(token, policy, now)) return 'authentication'
  return undefined
}

/** Whether a token names one of the issuers, if the guard requires any. */
export function hasIssuer({ iss }: JudgedToken, { issuers }: Pick<Policy, 'issuers'>): boolean {
  return issuers === undefined || (iss !== undefined && issuers.has(iss))
}

/** Whether a token has one of the audiences. Any value except a string or an array counts as an empty one. */
export function hasAudience(aud: unknown, { audience, passed }: Pick<Policy, 'audience' | 'passed'>): boolean {
  if (audience === false) return true
  if (typeof aud !== 'string') return Array.isArray(aud) && audienceIntersects(aud as Audience, audience)
  if (passed?.audience.has(aud) === true) return true
  const passes = audience.includes(aud)
  if (passes) passed?.audience.add(aud)
  return passes
}

/** Whether the scope of a token is enough. */
export function hasScope(granted: unknown, { scope: rule, passed }: Pick<Policy, 'scope' | 'passed'>): boolean {
  const scope = typeof granted === 'string' ? granted : undefined
  if (rule.accepts !== undefined) return isTrue(rule.accepts(parseScope(scope)))
  if (scope !== undefined && passed?.scope.has(scope) === true) return true
  const passes = rule.alternatives.some((wanted) => includesAll(scope, wanted))
  if (passes && scope !== undefined) passed?.scope.add(scope)
  return passes
}

function includesAll(scope: string | undefined, wanted: readonly EnoughScopes[]): boolean {
  for (const enough of wanted) if (!includesAny(scope, enough)) return false
  return true
}

/** Whether a token has a required scope, or one that implies it. */
export function includesAny(scope: string | undefined, enough: EnoughScopes): boolean {
  for (const token of enough) if (scopeIncludes(scope, token)) return true
  return false
}

/** Whether the authorization details of a token are enough. */
export function hasDetails(token: JudgedToken, accepts: Policy['authorizationDetails']): boolean {
  if (accepts === undefined) return true
  return !isUnreadable(token, 'authorization_details') && isTrue(accepts(listOf(token.authorization_details)))
}

/** Whether a token has the permission. */
export function hasPermission(
  token: JudgedToken,
  permission: NonNullable<Policy['permission']>,
  now: () => number,
): boolean {
  return !isUnreadable(token, 'permissions') && permission(listOf(token.permissions), now())
}

/** An unreadable member may have held less than the route requires, or a denial. */
export function isUnreadable({ unreadableMembers: unreadable }: JudgedToken, member: string): boolean {
  // A shared store may hold any value.
  return unreadable !== undefined && !(Array.isArray(unreadable) && !unreadable.includes(member))
}

/** A value that is not an array grants nothing. */
function listOf<Value>(value: readonly Value[] | undefined): Value[] {
  return Array.isArray(value) ? (value as Value[]) : []
}

/** An untyped function might return any value. Only `true` counts. */
function isTrue(said: unknown): boolean {
  return said === true
}

/** Whether the login of the user is strong and recent enough. */
export function isAuthenticated(token: JudgedToken, policy: LoginPolicy, now: () => number): boolean {
  return isStrongEnough(token, policy) && isRecentEnough(token, policy, now)
}

type LoginPolicy = Pick<Policy, 'acrValues' | 'maxAuthenticationAgeSeconds'>

/** Whether the class of the login is one of the required ones. A missing or unreadable value fails. */
export function isStrongEnough(token: JudgedToken, { acrValues }: LoginPolicy): boolean {
  if (acrValues === undefined) return true
  const { acr } = token
  return acr !== undefined && acrValues.includes(acr) && !isUnreadable(token, 'acr')
}

/**
 * Whether the login is recent enough. A missing or unreadable value fails, and so does a login in the future, whose time is
 * then unknown (RFC 9470 §6).
 */
export function isRecentEnough(
  token: JudgedToken,
  { maxAuthenticationAgeSeconds: maxAge }: LoginPolicy,
  now: () => number,
): boolean {
  if (maxAge === undefined) return true
  const { auth_time: authTime } = token
  if (isUnreadable(token, 'auth_time') || typeof authTime !== 'number') return false
  const ageSeconds = now() - authTime
  return ageSeconds >= -AUTH_TIME_LEEWAY_SECONDS && ageSeconds <= maxAge
}
