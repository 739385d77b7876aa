/** Step `jwt`: what can be said about a token without asking. */
import type { IntrospectionResponse } from '@token-introspection/core'
import type { Deadline } from '../transport/deadline.ts'
import { type JwtFault, unusable } from './jwt-fault.ts'
import { looksLikeJwt } from './looks-like-jwt.ts'
import { type AccessTokenRules, verifyAccessToken } from './verify-access-token.ts'

/** Everything step `jwt` needs. */
export interface JwtStep {
  readonly rules: AccessTokenRules
  /** Whether tokens that are no JWTs are asked about; they are inactive otherwise. */
  readonly asksAboutOpaque: boolean
  /** Whether the authorization server has to confirm a JWT that is good. */
  readonly asksAboutGood: boolean
  /** Told why a token is inactive unasked. */
  readonly onFault: (fault: JwtFault) => void
  /** What answers depend on, for the names they are kept by. */
  readonly manner: readonly unknown[]
}

/**
 * The answer of a JWT, active or not; `undefined` for an opaque token that is to be asked about. A JWT that is not good, or
 * of another issuer, is inactive and sent nowhere (RFC 8725 §3.8): nobody else's word can save it.
 *
 * @param now - in seconds since the epoch.
 * @throws JwtKeysUnavailableError when there is no key to verify it with.
 */
export async function answerLocally(
  token: string,
  { rules, asksAboutOpaque, onFault }: JwtStep,
  deadline: Deadline,
  now: number,
): Promise<IntrospectionResponse | undefined> {
  const isJwt = looksLikeJwt(token)
  if (!isJwt && asksAboutOpaque) return undefined
  const answer = isJwt ? await verifyAccessToken(token, rules, deadline, now) : 'opaque'
  if (typeof answer !== 'string') return answer
  onFault(answer)
  return unusable(answer)
}
