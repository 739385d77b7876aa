/** Step `jwt`: answers about a token without asking the server, where possible. */
import type { IntrospectionResponse } from '@token-introspection/core'
import type { Deadline } from '../transport/deadline.ts'
import { type JwtFault, unusable } from './jwt-fault.ts'
import type { JwtSample } from './jwt-sample.ts'
import { looksLikeJwt } from './looks-like-jwt.ts'
import { type AccessTokenRules, verifyAccessToken } from './verify-access-token.ts'

/** Everything step `jwt` needs. */
export interface JwtStep {
  readonly rules: AccessTokenRules
  /** Whether opaque tokens are introspected. Otherwise they are inactive. */
  readonly asksAboutOpaque: boolean
  /** Whether the authorization server has to confirm a good JWT. */
  readonly asksAboutGood: boolean
  /** The good JWTs about which the authorization server is asked now and then. */
  readonly sample: Pick<JwtSample, 'asks' | 'isInDoubt' | 'doubt' | 'settle'> | undefined
  /** How much the client remembers of what was revoked, when a feed tells it. */
  readonly memory: { readonly maxTokenAgeSeconds: number; readonly maxKeys: number }
  /** Gets the reason why a token is inactive without a request. */
  readonly onFault: (fault: JwtFault) => void
  /** The settings that answers depend on, as a part of their cache keys. */
  readonly manner: readonly unknown[]
}

/**
 * The answer about a JWT, active or not; `undefined` for an opaque token that is to be introspected. A bad JWT, or one
 * of another issuer, is inactive and sent nowhere (RFC 8725 §3.8): no server's answer could make it good.
 *
 * @param now - in seconds since the epoch.
 * @throws JwtKeysUnavailableError when the keys to verify it are unavailable.
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
