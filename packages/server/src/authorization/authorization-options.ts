/** Options of step `authorization`. */
import { OptionGroup } from '@token-introspection/core/options'
import {
  audienceOrOwner,
  allowWithoutAudience,
  denyWithoutAudience,
  type AuthorizationStep,
  type DisclosurePolicy,
} from './authorize-disclosure.ts'

/** Step `authorization`: which protected resources may learn about a token. */
export interface AuthorizationOptions {
  /**
   * Decides whether a protected resource may learn about a token, and about which parts of it. Default
   * {@link audienceOrOwner}: the token has an audience of the protected resource, or was issued to it, whatever `resource` and
   * `audience` of the request say.
   */
  readonly allow?: DisclosurePolicy | undefined
  /**
   * Which protected resources may learn about a token whose record has no `aud`:
   *
   * - `owner` (default): the one whose identifier is the `client_id` of the token.
   * - `nobody`: none. For authorization servers that give every token an audience, so that a token without one is a mistake.
   * - `everyone`: all that authenticate. For authorization servers that give tokens no audience.
   *
   * An empty list is an audience of nobody: such a token is for its owner. A policy of your own decides about every token, so leave this
   * option out with `allow`.
   *
   * Security: with `everyone`, a protected resource that gets a token can use it at every other one, and learns from each answer what the
   * user may do there (RFC 9700 §2.3). Give tokens an audience instead when you can.
   */
  readonly withoutAudience?: WithoutAudience | undefined
  /**
   * Whether a client may ask about refresh tokens that were issued to it. The policy has to allow it as well. Default `false`:
   * refresh tokens are inactive for everyone. A protected resource counts as that client when its identifier equals the
   * `client_id` of the token. The request needs `token_type_hint=refresh_token`. The answer has `"token_use":"refresh_token"`,
   * which no view removes, so that nobody mistakes it for an answer about an access token.
   */
  readonly refreshTokens?: boolean | undefined
}

/** Which protected resources may learn about tokens without an audience. */
export type WithoutAudience = 'owner' | 'nobody' | 'everyone'

/** The policy for each of them. */
const POLICIES = {
  owner: audienceOrOwner,
  nobody: denyWithoutAudience,
  everyone: allowWithoutAudience,
} as const satisfies Record<WithoutAudience, DisclosurePolicy>

/** The defaults of the step. */
export const authorizationDefaults = Object.freeze({
  allow: audienceOrOwner,
  refreshTokens: false,
})

/** Resolves the options of the step. */
export function resolveAuthorization(
  options: unknown,
  surroundings: Pick<AuthorizationStep, 'timeoutMs' | 'warn'>,
): AuthorizationStep {
  const group = new OptionGroup('authorization', options, ['allow', 'withoutAudience', 'refreshTokens'])
  const allow = group.function<DisclosurePolicy>('allow')
  const withoutAudience = group.oneOf<WithoutAudience>('withoutAudience', ['owner', 'nobody', 'everyone'], 'owner')
  if (allow !== undefined && group.has('withoutAudience')) {
    throw group.error(
      'withoutAudience',
      'must be left out when allow is given, because allow decides about every token',
    )
  }
  return {
    allow: allow ?? POLICIES[withoutAudience],
    refreshTokens: group.boolean('refreshTokens', authorizationDefaults.refreshTokens),
    ...surroundings,
  }
}
