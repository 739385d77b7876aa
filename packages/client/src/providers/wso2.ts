/** WSO2 Identity Server and API Manager. */
import type { Provider } from './provider.ts'
import { freezeProvider, ProviderOptions } from './provider-options.ts'

/** Options of {@link wso2}. */
export interface Wso2Options {
  /** Where the server is, such as `https://is.example.com:9443`. */
  readonly url: string
  /** The domain of the tenant, such as `acme.com`. Default the one that needs no name. */
  readonly tenant?: string | undefined
}

/**
 * WSO2 Identity Server. `iss` is the token endpoint, and `act` a text. Unless client credentials are switched on, the
 * caller is a user with the permission to introspect: give `clientSecretBasic(user, password, { encoding: 'raw' })`.
 *
 * @throws TypeError naming the option that is wrong, as `wso2.url`.
 * @example
 * ```ts
 * import { wso2 } from '@token-introspection/client/providers'
 *
 * export const provider = wso2({ url: 'https://is.example.com:9443', tenant: 'acme.com' })
 * ```
 */
export function wso2(options: Wso2Options): Provider {
  const group = new ProviderOptions('wso2', options, ['url', 'tenant'])
  const address = `${group.address('url')}${group.has('tenant') ? `/t/${group.segment('tenant')}` : ''}/oauth2`
  return freezeProvider({
    name: 'WSO2 Identity Server',
    documentation: 'https://is.docs.wso2.com/en/6.1.0/guides/access-delegation/invoke-oauth-introspection-endpoint/',
    endpoint: `${address}/introspect`,
    response: { acceptedIssuers: [`${address}/token`], tolerate: { actAsString: true } },
    policy: { acceptedTokenTypes: ['JWT'] },
  })
}
