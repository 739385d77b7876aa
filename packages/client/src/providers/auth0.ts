/** Auth0. */
import type { LocalProvider } from './provider.ts'
import { freezeProvider, ProviderOptions } from './provider-options.ts'

/** Options of {@link auth0}. */
export interface Auth0Options {
  /**
   * The host of the tenant, such as `acme.eu.auth0.com`, or its custom domain. Give the one at which tokens are
   * requested.
   */
  readonly domain: string
  /** The identifier of your API, which guards then require in `aud`. Default `policy.audience`. */
  readonly audience?: string | undefined
}

/**
 * A tenant of Auth0. It has no introspection. Access tokens that were requested with the `audience` of an API are JWTs,
 * which the client verifies. Others are only for the userinfo endpoint. Both token profiles of an API are accepted. The
 * permissions of an API with RBAC are in `auth0_permissions`.
 *
 * Security: the client does not ask the server, so a token stays good until it expires, whatever happens to the user.
 *
 * @throws TypeError that names the wrong option, such as `auth0.domain`.
 * @example
 * ```ts
 * import { IntrospectionClient } from '@token-introspection/client'
 * import { auth0 } from '@token-introspection/client/providers'
 *
 * export const tokens = new IntrospectionClient({
 *   provider: auth0({ domain: 'acme.eu.auth0.com', audience: 'https://orders.example.com' }),
 * })
 * ```
 */
export function auth0(options: Auth0Options): LocalProvider {
  const group = new ProviderOptions('auth0', options, ['domain', 'audience'])
  return freezeProvider({
    name: 'Auth0',
    documentation: 'https://auth0.com/docs/secure/tokens/access-tokens/validate-access-tokens',
    // The issuer ends with a slash.
    issuer: `https://${group.host('domain')}/`,
    jwt: {
      mode: 'local',
      // The RFC 9068 profile writes at+jwt. The Auth0 profile writes JWT, without client_id and jti.
      types: ['at+jwt', 'JWT'],
      requiredClaims: ['aud', 'sub', 'client_id', 'iat'],
      aliases: { client_id: 'azp' },
      renames: { permissions: 'auth0_permissions' },
    },
    policy: { audience: group.string('audience') },
  })
}
