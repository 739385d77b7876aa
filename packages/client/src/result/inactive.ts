/** Why a token is inactive, for the operator. Callers get the same answer for every reason. */
import type { InactiveIntrospectionResponse } from '@token-introspection/core'
import { sayDuration } from './say-duration.ts'

/**
 * Why a token is inactive.
 *
 * - `answer`: the authorization server answered `active: false`
 * - `unsupported_token_type`: it answered 400 with this `error`, because it does not introspect tokens of this kind
 * - `reply`: it answered with a status that `response.inactiveWhen` lists
 * - `expired`, `not_yet_valid`: `exp` or `nbf` says so, by the clock of this resource server
 * - `unpresentable`: no server could have issued the token, so the client did not ask about it
 * - `with_scheme`: the token begins with `Bearer ` or `DPoP `, so the caller has passed a whole `Authorization` field
 * - `unknown_issuer`: no client of `combineIssuers` is for the token
 * - `jwt_revoked`: the revocation feed has named the JWT, its session, its user or its client
 * - `jwt_…`: option group `jwt` refuses the token, for the reason that the event `jwt_unusable` has
 */
export type InactiveReason =
  | 'answer'
  | 'unsupported_token_type'
  | 'reply'
  | 'expired'
  | 'not_yet_valid'
  | 'unpresentable'
  | 'with_scheme'
  | 'unknown_issuer'
  | `jwt_${'opaque' | 'malformed' | 'issuer' | 'algorithm' | 'type' | 'kind' | 'claims' | 'signature' | 'revoked' | 'forgotten'}`

/** The reason of an inactive answer. */
export interface Inactivity {
  readonly reason: InactiveReason
  /** For people to read, with the values that were compared. */
  readonly detail: string
}

type Inactive = Readonly<InactiveIntrospectionResponse>

/** The detail is a function, because most answers need no text. */
const reasons = new WeakMap<Inactive, { readonly reason: InactiveReason; readonly detail: () => string }>()

/** Creates an inactive answer with its reason. */
export function inactive(reason: InactiveReason, detail: () => string): Inactive {
  const answer: Inactive = Object.freeze({ active: false })
  reasons.set(answer, { reason, detail })
  return answer
}

/** The token is one that no server could have issued. */
export const UNPRESENTABLE = inactive(
  'unpresentable',
  () => 'the token is empty or has characters that no token may have, so the client did not ask about it',
)

/** The caller has passed a whole `Authorization` field. */
export const WITH_SCHEME = inactive(
  'with_scheme',
  () =>
    'the token begins with the scheme of an Authorization field, such as "Bearer ", so the client did not ask about it: pass ' +
    'the token alone, or let a guard read the request',
)

/** No client is for the token. */
export const UNKNOWN_ISSUER = inactive(
  'unknown_issuer',
  () => 'no client of combineIssuers is for this token, so no server was asked about it',
)

/** The authorization server does not introspect tokens of this kind. */
export const UNSUPPORTED = inactive(
  'unsupported_token_type',
  () =>
    'the authorization server answered 400 unsupported_token_type: it does not introspect tokens of this kind. Some servers ' +
    'answer this for JWTs: verify those with option group jwt, or have the server issue opaque tokens',
)

/** A reply that `response.inactiveWhen` lists. */
export const REPLIED = inactive(
  'reply',
  () => 'the authorization server answered with a status that response.inactiveWhen lists',
)

/** The token is expired or not yet valid by the clock of this resource server. Times are in seconds since the epoch. */
export function inactiveByClock(
  reason: 'expired' | 'not_yet_valid',
  { exp, nbf }: { readonly exp?: number | undefined; readonly nbf?: number | undefined },
  now: number,
): Inactive {
  const claim = reason === 'expired' ? 'exp' : 'nbf'
  const value = (reason === 'expired' ? exp : nbf) ?? Number.NaN
  return inactive(reason, () => {
    const advice =
      value === 0
        ? 'If the server sends 0 for "never", set response.tolerate.zeroExpiryAsAbsent'
        : 'If good tokens are refused, compare the two clocks, and see response.leewaySeconds'
    const apart = `${sayDuration(now - value)} ${now < value ? 'earlier' : 'later'}`
    return `${claim} is ${tellTime(value)}, and the clock of this resource server says ${tellTime(now)}, ${apart}. ${advice}`
  })
}

/** Seconds since the epoch, as a date for people and as the number. */
export function tellTime(seconds: number): string {
  const date = new Date(seconds * 1000)
  return Number.isNaN(date.getTime()) ? String(seconds) : `${date.toISOString()} (${seconds})`
}

const ANSWERED: Inactivity = Object.freeze({
  reason: 'answer',
  detail:
    'the authorization server answered active: false: it does not know the token, the token is expired or revoked, or ' +
    'this resource server may not know about it',
})

/**
 * Why an answer is inactive. An answer without a recorded reason was inactive at the server. `undefined` when the
 * reason may have been lost in a store that processes share.
 */
export function whyInactive(answer: Inactive, mayHaveLostReason: boolean): Inactivity | undefined {
  const known = reasons.get(answer)
  if (known !== undefined) return { reason: known.reason, detail: known.detail() }
  return mayHaveLostReason ? undefined : ANSWERED
}
