/** Auth0. */
import type { LocalProvider } from './provider.ts'
import { freezeProvider, ProviderOptions } from './provider-options.ts'

/** Options of {@link auth0}. */
export interface Auth0Options {
  /** The host of the tenant, such as `acme.eu.auth0.com`, or its custom domain, whichever tokens are requested at. */
  readonly domain: string
  /** The identifier of your API, which guards then want in `aud`. Default what `policy.audience` says. */
  readonly audience?: string | undefined
}

/**
 * A tenant of Auth0. It has no introspection: its access tokens are JWTs, verified here, when they were requested with the
 * `audience` of an API, and for its userinfo endpoint alone otherwise. Both token dialects of an API are taken. The
 * permissions of an API with RBAC are in `auth0_permissions`.
 *
 * Security: nobody is asked, so a token is good until it expires, whatever happens to the user.
 *
 * @throws TypeError naming the option that is wrong, as `auth0.domain`.
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
    // With the slash.
    issuer: `https://${group.host('domain')}/`,
    jwt: {
      mode: 'local',
      // The dialect of the profile writes at+jwt, the older one JWT, without client_id and jti.
      types: ['at+jwt', 'JWT'],
      requiredClaims: ['aud', 'sub', 'client_id', 'iat'],
      aliases: { client_id: 'azp' },
      renames: { permissions: 'auth0_permissions' },
    },
    policy: { audience: group.string('audience') },
  })
}
