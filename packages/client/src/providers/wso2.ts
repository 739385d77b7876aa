/** WSO2 Identity Server and API Manager. */
import type { Provider } from './provider.ts'
import { freezeProvider, ProviderOptions } from './provider-options.ts'

/** Options of {@link wso2}. */
export interface Wso2Options {
  /** The address of the server, such as `https://is.example.com:9443`. */
  readonly url: string
  /** The domain of the tenant, such as `acme.com`. Default the super tenant. */
  readonly tenant?: string | undefined
}

/**
 * WSO2 Identity Server. `iss` is the token endpoint, and `act` a string. Unless client credentials are enabled, the
 * caller is a user with the permission to introspect: give `clientSecretBasic(user, password, { encoding: 'raw' })`.
 *
 * @throws TypeError that names the wrong option, such as `wso2.url`.
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
