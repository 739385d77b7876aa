/** Options of step `authorization`. */
import { OptionGroup } from '@token-introspection/core/options'
import { audienceOrOwner, type AuthorizationStep, type DisclosurePolicy } from './authorize-disclosure.ts'

/** Step `authorization`: who may know about a token. */
export interface AuthorizationOptions {
  /**
   * Decides whether a protected resource may know about a token, and how much of it. Default {@link audienceOrOwner}: the
   * token's audience is one of the protected resource's, or the token was issued to it.
   */
  readonly allow?: DisclosurePolicy | undefined
  /**
   * Whether a client may ask about refresh tokens that were issued to it, when the policy allows it too. Default `false`:
   * refresh tokens are inactive for everyone. A protected resource is that client when its identifier is the `client_id`.
   * The request needs `token_type_hint=refresh_token`, and the answer has `"token_use":"refresh_token"`, which no view
   * takes away, so that nobody mistakes it for that of an access token.
   */
  readonly refreshTokens?: boolean | undefined
}

/** The defaults of the step. */
export const authorizationDefaults = Object.freeze({ allow: audienceOrOwner, refreshTokens: false })

/** The step. */
export function resolveAuthorization(
  options: unknown,
  surroundings: Pick<AuthorizationStep, 'timeoutMs' | 'warn'>,
): AuthorizationStep {
  const group = new OptionGroup('authorization', options, ['allow', 'refreshTokens'])
  return {
    allow: group.function<DisclosurePolicy>('allow') ?? authorizationDefaults.allow,
    refreshTokens: group.boolean('refreshTokens', authorizationDefaults.refreshTokens),
    ...surroundings,
  }
}
