/** Step `jwt`: the reasons why a token is inactive without a request, with the remedy for the operator. */
import type { InactiveIntrospectionResponse } from '@token-introspection/core'
import { onceAMinute } from '../events/once-a-minute.ts'
import { inactive } from '../result/inactive.ts'

/** Faults of a JWT, except for its dates. */
export type JwtFault = ToldJwtFault | 'revoked'

/** The faults that are reported: all that a wrong setting can cause. */
export type ToldJwtFault =
  | 'opaque'
  | 'malformed'
  | 'issuer'
  | 'algorithm'
  | 'type'
  | 'kind'
  | 'claims'
  | 'signature'
  | 'forgotten'

/** Each message says what to check. It holds nothing from the token. */
const MESSAGES: Readonly<Record<JwtFault, string>> = {
  opaque:
    'a token is not a signed JWT, and jwt.mode is local. Auth0 and similar servers issue JWTs for requests with an ' +
    'audience parameter (other servers with resource, RFC 8707). Without it they issue opaque tokens, which are only for ' +
    'their userinfo endpoint. If the server has introspection, another jwt.mode introspects opaque tokens',
  malformed: 'a JWT is malformed by RFC 7519, or its header has crit or b64',
  issuer:
    'a JWT has another iss than the issuer option. The two must be equal character for character, with the slash at the end',
  algorithm: 'a JWT is signed with an algorithm that is not in jwt.algorithms',
  type: 'a JWT has a typ that is not in jwt.types, or has none (jwt.acceptUntyped)',
  kind:
    'a JWT is of another kind than an access token: an ID token, a security event, an introspection response or a proof; ' +
    'or its typ is not at+jwt and it lacks one of jwt.kindClaims',
  claims: 'a JWT lacks one of jwt.requiredClaims, or a claim has another type than the registered one',
  signature: 'a JWT has a signature by a key that is not one of the issuer',
  revoked: 'the revocation feed has named the JWT, its session, its user or its client',
  forgotten:
    'a JWT was issued before a revocation that the client does not keep any more, so it may be revoked: it lives longer than ' +
    'jwt.maxTokenAgeSeconds, or more was revoked than jwt.maxRevokedKeys allows. With jwt.mode local-or-introspect the ' +
    'client introspects such a JWT',
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
  revoked: answerFor('revoked'),
  forgotten: answerFor('forgotten'),
} satisfies Readonly<Record<JwtFault, unknown>>

function answerFor(fault: JwtFault) {
  return inactive(`jwt_${fault}`, () => MESSAGES[fault])
}

/** The inactive answer for a bad token. */
export function unusable(fault: JwtFault): Readonly<InactiveIntrospectionResponse> {
  return ANSWERS[fault]
}

/** The report of a fault. */
export interface JwtReport {
  readonly reason: ToldJwtFault
  readonly message: string
}

/** Reports each fault at most once a minute. `nowMs` is milliseconds since the epoch. */
export function createFaultReporter(report: (told: JwtReport) => void, nowMs: () => number): (fault: JwtFault) => void {
  const isDue = onceAMinute(nowMs)
  return (fault) => {
    if (fault !== 'revoked' && isDue(fault)) report({ reason: fault, message: MESSAGES[fault] })
  }
}
