/** Step `jwt`: why a token is inactive without anybody being asked, and what to tell the operator about it. */
import type { InactiveIntrospectionResponse } from '@token-introspection/core'
import { onceAMinute } from '../events/once-a-minute.ts'
import { inactive } from '../result/inactive.ts'

/** What is wrong, besides the time. */
export type JwtFault = 'opaque' | 'malformed' | 'issuer' | 'algorithm' | 'type' | 'kind' | 'claims' | 'signature'

/** The faults that are told, which is all of them. */
export type ToldJwtFault = JwtFault

/** Each says what to look at, and nothing that was in the token. */
const MESSAGES: Readonly<Record<ToldJwtFault, string>> = {
  opaque:
    'a token is no signed JWT, and jwt.mode is local. Auth0, and servers like it, issue JWTs for requests with an ' +
    'audience parameter (others with resource, RFC 8707), and opaque tokens, which are for their userinfo endpoint ' +
    'alone, for those without. A server that has introspection is asked about opaque tokens with another jwt.mode',
  malformed: 'a JWT is not written as RFC 7519 has it, or its header has crit or b64',
  issuer:
    'a JWT has another iss than the issuer option, which it has to equal character for character, slash at the end and all',
  algorithm: 'a JWT is signed with an algorithm that is not among jwt.algorithms',
  type: 'a JWT has a typ that is not among jwt.types, or has none (jwt.acceptUntyped)',
  kind:
    'a JWT is of another kind than an access token: an ID token, a security event, an introspection response or a proof; ' +
    'or its typ is not at+jwt and it lacks one of jwt.kindClaims',
  claims: 'a JWT lacks one of jwt.requiredClaims, or a claim has another type than it is registered with',
  signature: 'a JWT has a signature that no key of the issuer has made',
}

/** The inactive answer for each fault, made once. */
const ANSWERS = {
  opaque: answerFor('opaque'),
  malformed: answerFor('malformed'),
  issuer: answerFor('issuer'),
  algorithm: answerFor('algorithm'),
  type: answerFor('type'),
  kind: answerFor('kind'),
  claims: answerFor('claims'),
  signature: answerFor('signature'),
} satisfies Readonly<Record<JwtFault, unknown>>

function answerFor(fault: JwtFault) {
  return inactive(`jwt_${fault}`, () => MESSAGES[fault])
}

/** The answer for a token that is not good by itself. */
export function unusable(fault: JwtFault): Readonly<InactiveIntrospectionResponse> {
  return ANSWERS[fault]
}

/** What is told of a fault. */
export interface JwtReport {
  readonly reason: ToldJwtFault
  readonly message: string
}

/** Tells each fault once a minute at most. `nowMs` is milliseconds since the epoch. */
export function createFaultReporter(report: (told: JwtReport) => void, nowMs: () => number): (fault: JwtFault) => void {
  const isDue = onceAMinute(nowMs)
  return (fault) => {
    if (isDue(fault)) report({ reason: fault, message: MESSAGES[fault] })
  }
}
