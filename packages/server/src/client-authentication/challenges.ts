/** The `WWW-Authenticate` values of an endpoint: one challenge per accepted scheme (RFC 9110 §11.6.1, RFC 7662 §2.3). */
import { buildChallenge } from '@token-introspection/core'
import type { ClientAuthenticationMethod } from './client-authentication-method.ts'

/** A scheme that carries an access token. */
export type TokenScheme = 'Bearer' | 'DPoP'

/** The challenges of an endpoint. */
export interface Challenges {
  /** The value in every 401 except those for access tokens. */
  readonly all: string
  /** The value in a 401 or 403 for an access token: the challenge of its scheme with the error, then the others. */
  failed(scheme: TokenScheme, error: 'invalid_token' | 'insufficient_scope' | 'invalid_dpop_proof'): string
}

/** The values in the challenges. */
interface ChallengeValues {
  readonly realm: string
  readonly methods: ReadonlySet<ClientAuthenticationMethod>
  /** The scope that an access token of a caller needs. */
  readonly scope: string | undefined
  /** Algorithms of DPoP proofs (RFC 9449 §7.1). */
  readonly algs: string
}

/**
 * Creates the challenges of an endpoint. An endpoint with neither Basic nor access tokens still sends a Basic challenge: every
 * 401 must carry a challenge, and no scheme is registered for the other methods (RFC 9110 §15.5.2).
 */
export function createChallenges({ realm, methods, scope, algs }: ChallengeValues): Challenges {
  const tokenSchemes = (['DPoP', 'Bearer'] as const).filter((scheme) => methods.has(scheme))
  const takesBasic = methods.has('client_secret_basic') || tokenSchemes.length === 0
  const basic = takesBasic ? [buildChallenge('Basic', { realm, charset: 'UTF-8' })] : []
  const challengeOf = (scheme: TokenScheme, error?: string): string =>
    buildChallenge(scheme, {
      realm,
      error,
      scope: error === 'insufficient_scope' ? scope : undefined,
      algs: scheme === 'DPoP' ? algs : undefined,
    })
  return {
    all: [...basic, ...tokenSchemes.map((scheme) => challengeOf(scheme))].join(', '),
    failed: (attempted, error) =>
      [
        challengeOf(attempted, error),
        ...tokenSchemes.filter((scheme) => scheme !== attempted).map((scheme) => challengeOf(scheme)),
        ...basic,
      ].join(', '),
  }
}
