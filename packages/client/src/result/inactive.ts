/** Why a token is inactive, for the operator. Callers get one and the same answer, whatever the reason. */
import type { InactiveIntrospectionResponse } from '@token-introspection/core'

/**
 * Why a token is inactive.
 *
 * - `answer`: the authorization server answered `active: false`
 * - `unsupported_token_type`: it answered 400 with this `error`, because it does not introspect tokens of this kind
 * - `reply`: it answered with a status that `response.inactiveWhen` takes for inactive
 * - `expired`, `not_yet_valid`: `exp` or `nbf` says so, by the clock of this resource server
 * - `unpresentable`: no server could have issued the token, so nobody was asked
 * - `unknown_issuer`: no client of `combineIssuers` is for the token
 * - `jwt_…`: option group `jwt` does not take it, for the reason that the event `jwt_unusable` has
 */
export type InactiveReason =
  | 'answer'
  | 'unsupported_token_type'
  | 'reply'
  | 'expired'
  | 'not_yet_valid'
  | 'unpresentable'
  | 'unknown_issuer'
  | `jwt_${'opaque' | 'malformed' | 'issuer' | 'algorithm' | 'type' | 'kind' | 'claims' | 'signature'}`

/** What is known of an inactive answer. */
export interface Inactivity {
  readonly reason: InactiveReason
  /** For people to read, with the values that were compared. */
  readonly detail: string
}

type Inactive = Readonly<InactiveIntrospectionResponse>

/** The detail is written when somebody listens, and not before. */
const reasons = new WeakMap<Inactive, { readonly reason: InactiveReason; readonly detail: () => string }>()

/** An inactive answer that is inactive for this reason. */
export function inactive(reason: InactiveReason, detail: () => string): Inactive {
  const answer: Inactive = Object.freeze({ active: false })
  reasons.set(answer, { reason, detail })
  return answer
}

/** No server could have issued it. */
export const UNPRESENTABLE = inactive(
  'unpresentable',
  () => 'the token is empty or has characters that no token may have, so nobody was asked about it',
)

/** It is for no client. */
export const UNKNOWN_ISSUER = inactive(
  'unknown_issuer',
  () => 'no client of combineIssuers is for this token, so nobody was asked about it',
)

/** The authorization server has no answer about tokens of this kind. */
export const UNSUPPORTED = inactive(
  'unsupported_token_type',
  () =>
    'the authorization server answered 400 unsupported_token_type: it does not introspect tokens of this kind. Some servers ' +
    'say so of JWTs; verify those with option group jwt, or have the server issue opaque tokens',
)

/** A reply that is taken for an answer. */
export const REPLIED = inactive(
  'reply',
  () => 'the authorization server answered with a status that response.inactiveWhen takes for inactive',
)

/** The token is over or not valid yet by the clock of this resource server; times are in seconds since the epoch. */
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
        ? 'A server that means "never" by 0 needs response.tolerate.zeroExpiryAsAbsent'
        : 'If good tokens are refused so, compare the two clocks, and see response.leewaySeconds'
    return `${claim} is ${tellTime(value)}, and the clock of this resource server says ${tellTime(now)}. ${advice}`
  })
}

/** Seconds since the epoch, for people: as a date, and as the number. */
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
 * Why an answer is inactive. One without a reason of ours is what the authorization server said; `undefined` where it may
 * have lost its reason on the way, in a store that processes share.
 */
export function whyInactive(answer: Inactive, mayHaveLostReason: boolean): Inactivity | undefined {
  const known = reasons.get(answer)
  if (known !== undefined) return { reason: known.reason, detail: known.detail() }
  return mayHaveLostReason ? undefined : ANSWERED
}
