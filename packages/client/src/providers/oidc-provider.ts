/** node-oidc-provider, and Logto, which is built with it. */
import type { Provider } from './provider.ts'
import { freezeProvider, ProviderOptions } from './provider-options.ts'

/** Options of {@link oidcProvider}. */
export interface OidcProviderOptions {
  /** The exact issuer of the server. */
  readonly issuer: string
}

/** Options of {@link logto}. */
export interface LogtoOptions {
  /** The address of the tenant, such as `https://acme.logto.app`. */
  readonly url: string
}

/**
 * A server built with node-oidc-provider. Only access tokens have a `token_type`. The endpoint does not introspect
 * JWTs, so a JWT is inactive in this client: `jwt: { mode: 'local-or-introspect' }` verifies JWTs.
 *
 * @throws TypeError that names the wrong option, such as `oidcProvider.issuer`.
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
 * A tenant of Logto. Its tokens without a resource are opaque; tokens for a resource are JWTs. Otherwise like {@link
 * oidcProvider}.
 *
 * @throws TypeError that names the wrong option, such as `logto.url`.
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
