/** Step `policy`: compares a refused token with the requirements once more, to say what does not fit. */
import { cleanValue, parseScope, tokenKindFault } from '@token-introspection/core'
import { includesAny, isRecentEnough, isStrongEnough, isUnreadable } from './check-policy.ts'
import type { CleanText } from '../transport/without-secrets.ts'
import { describeMismatch, type Mismatch } from './mismatch.ts'
import type { JudgedToken, Policy } from './policy.ts'

/** What a refusal says to the operator. */
export interface RefusalGrounds {
  readonly detail?: string | undefined
  readonly mismatch?: Mismatch | undefined
}

/** No more is known than the reason. */
const NOTHING: RefusalGrounds = Object.freeze({})

/**
 * What does not fit, as data and as text. Only refusals call this, so a token that passes costs nothing here. Nothing for
 * `authorization_details` and `permissions`, whose values may be private data.
 *
 * @param now - the clock, in seconds since the epoch.
 * @param clean - takes what the client has sent out of the values of the token. A server may repeat the token in them.
 */
export function findMismatch(
  reason: Mismatch['reason'] | 'authorization_details' | 'permissions',
  token: JudgedToken,
  policy: Policy,
  now: () => number,
  clean: CleanText,
): RefusalGrounds {
  const mismatch = compare(reason, token, policy, now, clean)
  if (mismatch === undefined) return NOTHING
  return { mismatch, detail: describeMismatch(mismatch) + describeImplying(mismatch, policy) + describeComma(mismatch) }
}

/**
 * What a guard requires and what a token has for one reason, whether it fits or not.
 *
 * @param clean - changes the texts of the token before they are split.
 */
export function compare(
  reason: Mismatch['reason'] | 'authorization_details' | 'permissions',
  token: JudgedToken,
  policy: Policy,
  now: () => number,
  clean: CleanText,
): Mismatch | undefined {
  const said = (value: unknown): string | undefined => (typeof value === 'string' ? clean(value) : undefined)
  switch (reason) {
    case 'token_kind': {
      const fault = tokenKindFault(token, policy)
      return fault && { reason, ...fault, found: cleanValue(fault.found, clean) }
    }
    case 'issuer':
      return { reason, required: [...(policy.issuers ?? [])], found: said(token.iss) }
    case 'audience':
      return {
        reason,
        required: policy.audience === false ? [] : policy.audience,
        found: audiencesOf(token.aud)?.map(clean),
      }
    case 'scope':
      return compareScope(token.scope, policy, said)
    case 'authentication':
      return compareLogin(token, policy, now, said)
    default:
      return undefined
  }
}

/** Reads a text of the token, cleaned; `undefined` for a value of another type, which a shared store may hold. */
type ReadText = (value: unknown) => string | undefined

function compareScope(value: unknown, { scope: { alternatives, accepts } }: Policy, said: ReadText): Mismatch {
  const scope = typeof value === 'string' ? value : undefined
  const shown = said(scope)
  const found = shown === undefined ? undefined : parseScope(shown)
  const [wanted = []] = alternatives
  if (accepts !== undefined) return { reason: 'scope', required: undefined, found, missing: undefined }
  const lacking = wanted.filter((enough) => !includesAny(scope, enough))
  return { reason: 'scope', required: wanted.flatMap(firstOf), found, missing: lacking.flatMap(firstOf) }
}

/** The scope itself stands before those that imply it. */
function firstOf(enough: readonly string[]): readonly string[] {
  return enough.slice(0, 1)
}

function compareLogin(token: JudgedToken, policy: Policy, now: () => number, said: ReadText): Mismatch {
  const { acrValues, maxAuthenticationAgeSeconds } = policy
  const { auth_time: authTime } = token
  const missing: ('acr' | 'auth_time')[] = []
  if (!isStrongEnough(token, policy)) missing.push('acr')
  if (!isRecentEnough(token, policy, now)) missing.push('auth_time')
  const isTimed = typeof authTime === 'number' && !isUnreadable(token, 'auth_time')
  return {
    reason: 'authentication',
    required: { acrValues, maxAuthenticationAgeSeconds },
    found: {
      acr: isUnreadable(token, 'acr') ? undefined : said(token.acr),
      authenticationAgeSeconds: isTimed ? now() - authTime : undefined,
    },
    missing,
  }
}

/** The scopes that would have been enough in place of those that the challenge names. */
function describeImplying({ reason }: Mismatch, { scope: { alternatives } }: Policy): string {
  const [wanted = []] = alternatives
  const implying = reason === 'scope' ? wanted.flatMap(([, ...broader]) => broader) : []
  return implying.length === 0 ? '' : `, or what implies it: "${[...new Set(implying)].join(' ')}"`
}

/** A comma separates no scopes, but belongs to a scope (RFC 6749 §3.3). */
function describeComma(mismatch: Mismatch): string {
  const [joined] = (mismatch.reason === 'scope' && mismatch.missing?.filter((scope) => scope.includes(','))) || []
  return joined === undefined ? '' : `; a comma separates no scopes: write "${joined.split(',').join(' ')}"`
}

function audiencesOf(aud: unknown): readonly string[] | undefined {
  if (typeof aud === 'string') return [aud]
  return Array.isArray(aud) ? aud.filter((audience) => typeof audience === 'string') : undefined
}
