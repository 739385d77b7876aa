/** Step `response`: checks an answer by the clock of this process, whatever the authorization server's clock said. */
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

/** An `iat` further in the future than this means that the two clocks cannot be compared. */
const MAX_CLOCK_SKEW_SECONDS = 300

/** The settings of the checks. */
export interface ResponseRules {
  /** How many seconds the two clocks may differ. */
  readonly leewaySeconds: number
  /** Issuers that an answer may name; `undefined` accepts any. */
  readonly acceptedIssuers: ReadonlySet<string> | undefined
}

/** Everything step `response` needs. */
export interface ResponseStep extends ResponseRules {
  readonly claims: ClaimsSchema | undefined
  /** Answers are JWTs. Without it they are JSON. */
  readonly jwt: JwtResponseRules | undefined
  /** Corrects tolerated deviations. Without it nothing is corrected. */
  readonly tolerance?: Tolerance | undefined
  /** Gets the names of members that were left out because they are unreadable. */
  readonly onUnreadable: (members: readonly string[]) => void
  /** Gets the reason why an answer makes a token inactive that may be good. */
  readonly onUnusable: OnUnusable
  /** Replies other than 200 that mean inactive. */
  readonly inactiveWhen?: readonly InactiveReply[] | undefined
}

/**
 * Makes an active answer inactive when its token is expired or not yet valid (RFC 6749 §7, RFC 7519 §4.1.4, §4.1.5).
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
        'if that is another name of the same server, list it in response.acceptedIssuers',
    )
  }
  // Each comparison states the good case, so that a clock that returns NaN lets nothing pass.
  if (iat !== undefined && !(iat - now <= MAX_CLOCK_SKEW_SECONDS)) {
    throw new ResponseUntrustedError(
      `the token was issued ${iat - now} seconds from now: iat is ${tellTime(iat)}, and the clock of this resource server ` +
        `says ${tellTime(now)}. Compare both with a time server (NTP): either the clock of this resource server is behind, or that of ` +
        'the authorization server is ahead',
    )
  }
  const fault = clockFault(response, rules, now)
  return fault === undefined ? response : inactiveByClock(fault, response, now)
}

/** Why the clock of this process makes an active answer inactive; `undefined` when it does not. */
export function clockFault(
  { exp, nbf }: Pick<ActiveIntrospectionResponse, 'exp' | 'nbf'>,
  { leewaySeconds }: Pick<ResponseRules, 'leewaySeconds'>,
  now: number,
): 'expired' | 'not_yet_valid' | undefined {
  if (exp !== undefined && !(now < exp + leewaySeconds)) return 'expired'
  if (nbf !== undefined && !(now >= nbf - leewaySeconds)) return 'not_yet_valid'
  return undefined
}

/** Quotes an issuer identifier for the operator. Other text is not quoted, because it may echo the token. */
function nameIssuer(iss: string): string {
  return isIssuer(iss, { allowHttpOnLoopback: true })
    ? `the issuer ${JSON.stringify(iss)}`
    : 'an issuer that is not a URL'
}
