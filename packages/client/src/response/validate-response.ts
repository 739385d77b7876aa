/** Step `response`: what an answer says must hold now, whatever the authorization server's own clock thought. */
import {
  type ActiveIntrospectionResponse,
  type ClaimsSchema,
  type IntrospectionResponse,
  isIssuer,
} from '@token-introspection/core'
import { ResponseUntrustedError } from '../errors.ts'
import { inactiveByClock, tellTime } from '../result/inactive.ts'
import type { InactiveReply } from '../transport/read-reply.ts'
import type { OnUnusable } from './answer-fault.ts'
import type { JwtResponseRules } from './read-jwt-response.ts'
import type { Tolerance } from './tolerance-options.ts'

/** A token issued further ahead than this means that the two clocks cannot be compared. */
const MAX_CLOCK_SKEW_SECONDS = 300

/** What the step needs. */
export interface ResponseRules {
  /** Seconds the two clocks may differ. */
  readonly leewaySeconds: number
  /** Issuers an answer may name; `undefined` accepts any. */
  readonly acceptedIssuers: ReadonlySet<string> | undefined
}

/** Everything step `response` needs. */
export interface ResponseStep extends ResponseRules {
  readonly claims: ClaimsSchema | undefined
  /** Answers are JWTs; JSON without it. */
  readonly jwt: JwtResponseRules | undefined
  /** What is forgiven in answers; nothing without it. */
  readonly tolerance?: Tolerance | undefined
  /** Told which members of an answer were left out, because nobody can read them. */
  readonly onUnreadable: (members: readonly string[]) => void
  /** Told why an answer makes a token inactive that may be good. */
  readonly onUnusable: OnUnusable
  /** Replies other than 200 that mean inactive. */
  readonly inactiveWhen?: readonly InactiveReply[] | undefined
}

/**
 * An active answer whose token is expired or not yet valid is inactive (RFC 6749 §7, RFC 7519 §4.1.4, §4.1.5).
 *
 * @throws ResponseUntrustedError when it names an issuer that is not accepted, or was issued in the future.
 */
export function validateResponse(
  response: IntrospectionResponse,
  rules: ResponseRules,
  now: number,
): IntrospectionResponse {
  if (!response.active) return response
  const { iat, iss } = response
  if (iss !== undefined && rules.acceptedIssuers !== undefined && !rules.acceptedIssuers.has(iss)) {
    throw new ResponseUntrustedError(
      `the answer is about a token of ${nameIssuer(iss)}, which is not accepted; ` +
        'if it is the same server under another name, list it in response.acceptedIssuers',
    )
  }
  // Each comparison says what must hold, so that a clock that gives no number lets nothing pass.
  if (iat !== undefined && !(iat - now <= MAX_CLOCK_SKEW_SECONDS)) {
    throw new ResponseUntrustedError(
      `the token was issued ${iat - now} seconds from now: iat is ${tellTime(iat)}, and the clock of this resource server ` +
        `says ${tellTime(now)}; one of the two clocks is wrong`,
    )
  }
  const fault = clockFault(response, rules, now)
  return fault === undefined ? response : inactiveByClock(fault, response, now)
}

/** Why an active answer is inactive by the clock of here; `undefined` when it is not. */
export function clockFault(
  { exp, nbf }: ActiveIntrospectionResponse,
  { leewaySeconds }: ResponseRules,
  now: number,
): 'expired' | 'not_yet_valid' | undefined {
  if (exp !== undefined && !(now < exp + leewaySeconds)) return 'expired'
  if (nbf !== undefined && !(now >= nbf - leewaySeconds)) return 'not_yet_valid'
  return undefined
}

/** The issuer for the operator to compare; what is no issuer identifier might be an echo of the token. */
function nameIssuer(iss: string): string {
  return isIssuer(iss, { allowHttpOnLoopback: true }) ? `the issuer ${JSON.stringify(iss)}` : 'an issuer that is no URL'
}
