/** Options of step `authorization`. */
import { OptionGroup } from '@token-introspection/core/options'
import { audienceOrOwner, type AuthorizationStep, type DisclosurePolicy } from './authorize-disclosure.ts'

/** Step `authorization`: which protected resources may learn about a token. */
export interface AuthorizationOptions {
  /**
   * Decides whether a protected resource may learn about a token, and about which parts of it. Default
   * {@link audienceOrOwner}: the token has an audience of the protected resource, or was issued to it.
   */
  readonly allow?: DisclosurePolicy | undefined
  /**
   * Whether a client may ask about refresh tokens that were issued to it. The policy has to allow it as well. Default `false`:
   * refresh tokens are inactive for everyone. A protected resource counts as that client when its identifier equals the
   * `client_id` of the token. The request needs `token_type_hint=refresh_token`. The answer has `"token_use":"refresh_token"`,
   * which no view removes, so that nobody mistakes it for an answer about an access token.
   */
  readonly refreshTokens?: boolean | undefined
}

/** The defaults of the step. */
export const authorizationDefaults = Object.freeze({ allow: audienceOrOwner, refreshTokens: false })

/** Resolves the options of the step. */
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
