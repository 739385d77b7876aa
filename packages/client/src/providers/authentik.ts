/** authentik. */
import type { Provider } from './provider.ts'
import { freezeProvider, ProviderOptions } from './provider-options.ts'

/** Options of {@link authentik}. */
export interface AuthentikOptions {
  /** The address of authentik, such as `https://auth.example.com`. */
  readonly url: string
  /** The slug of the application, which is part of the issuer of its tokens. */
  readonly slug: string
}

/**
 * An application of authentik, with an issuer for each provider. The server answers wrong credentials with an inactive
 * token: when every token is inactive, check the secret.
 *
 * @throws TypeError that names the wrong option, such as `authentik.slug`.
 * @example
 * ```ts
 * import { authentik } from '@token-introspection/client/providers'
 *
 * export const provider = authentik({ url: 'https://auth.example.com', slug: 'orders' })
 * ```
 */
export function authentik(options: AuthentikOptions): Provider {
  const group = new ProviderOptions('authentik', options, ['url', 'slug'])
  const address = `${group.address('url')}/application/o`
  return freezeProvider({
    name: 'authentik',
    documentation: 'https://docs.goauthentik.io/add-secure-apps/providers/oauth2/',
    issuer: `${address}/${group.segment('slug')}/`,
    endpoint: `${address}/introspect/`,
  })
}
