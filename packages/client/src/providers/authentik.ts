/** authentik. */
import type { Provider } from './provider.ts'
import { freezeProvider, ProviderOptions } from './provider-options.ts'

/** Options of {@link authentik}. */
export interface AuthentikOptions {
  /** Where authentik is, such as `https://auth.example.com`. */
  readonly url: string
  /** The slug of the application, which stands in the issuer of its tokens. */
  readonly slug: string
}

/**
 * An application of authentik, with an issuer for each provider. Wrong credentials are answered as an inactive token:
 * when every token is inactive, look at the secret.
 *
 * @throws TypeError naming the option that is wrong, as `authentik.slug`.
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
