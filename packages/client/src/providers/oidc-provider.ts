/** node-oidc-provider, and Logto, which is built with it. */
import type { Provider } from './provider.ts'
import { freezeProvider, ProviderOptions } from './provider-options.ts'

/** Options of {@link oidcProvider}. */
export interface OidcProviderOptions {
  /** The issuer of the server, character for character. */
  readonly issuer: string
}

/** Options of {@link logto}. */
export interface LogtoOptions {
  /** Where the tenant is, such as `https://acme.logto.app`. */
  readonly url: string
}

/**
 * A server built with node-oidc-provider. Only access tokens have a `token_type`. A token that is a JWT is refused as
 * one the endpoint does not keep, which is inactive here: `jwt: { mode: 'local-or-introspect' }` verifies those.
 *
 * @throws TypeError naming the option that is wrong, as `oidcProvider.issuer`.
 * @example
 * ```ts
 * import { oidcProvider } from '@token-introspection/client/providers'
 *
 * export const provider = oidcProvider({ issuer: 'https://as.example.com' })
 * ```
 */
export function oidcProvider(options: OidcProviderOptions): Provider {
  return preset('node-oidc-provider', {
    documentation: 'https://github.com/panva/node-oidc-provider/blob/main/docs/README.md',
    issuer: new ProviderOptions('oidcProvider', options, ['issuer']).identifier('issuer'),
  })
}

/**
 * A tenant of Logto. Its tokens are opaque when no resource was asked for; tokens for a resource are JWTs. Otherwise
 * like {@link oidcProvider}.
 *
 * @throws TypeError naming the option that is wrong, as `logto.url`.
 * @example
 * ```ts
 * import { logto } from '@token-introspection/client/providers'
 *
 * export const provider = logto({ url: 'https://acme.logto.app' })
 * ```
 */
export function logto(options: LogtoOptions): Provider {
  return preset('Logto', {
    documentation: 'https://docs.logto.io/concepts/opaque-token',
    issuer: `${new ProviderOptions('logto', options, ['url']).address('url')}/oidc`,
  })
}

function preset(name: string, known: { readonly documentation: string; readonly issuer: string }): Provider {
  return freezeProvider({
    name,
    ...known,
    policy: { tokenKind: { member: 'token_type', oneOf: ['Bearer', 'DPoP'] } },
  })
}
