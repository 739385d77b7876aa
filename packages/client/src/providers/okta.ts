/** Okta. */
import type { Provider } from './provider.ts'
import { freezeProvider, ProviderOptions } from './provider-options.ts'

/** Options of {@link okta}. */
export interface OktaOptions {
  /** The host of your organization, such as `acme.okta.com`, or your custom domain. */
  readonly domain: string
  /** The identifier of a custom authorization server. Default `default`. */
  readonly authorizationServerId?: string | undefined
}

/**
 * A custom authorization server of Okta. Tokens of the organization's own server are not for your API, so there is no
 * preset for it. Refresh tokens also have `token_type` `Bearer`, but no `aud`: give `policy.audience`.
 *
 * @throws TypeError that names the wrong option, such as `okta.domain`.
 * @example
 * ```ts
 * import { clientSecretBasic, IntrospectionClient } from '@token-introspection/client'
 * import { okta } from '@token-introspection/client/providers'
 *
 * export const introspection = new IntrospectionClient({
 *   provider: okta({ domain: 'acme.okta.com' }),
 *   clientAuthentication: clientSecretBasic('0oa14dl1z4nUJxx0z5d7', process.env['OKTA_SECRET'] ?? ''),
 *   audience: 'api://default',
 * })
 * ```
 */
export function okta(options: OktaOptions): Provider {
  const group = new ProviderOptions('okta', options, ['domain', 'authorizationServerId'])
  const server = group.has('authorizationServerId') ? group.segment('authorizationServerId') : 'default'
  return freezeProvider({
    name: 'Okta',
    documentation: 'https://developer.okta.com/docs/reference/api/oidc/',
    issuer: `https://${group.host('domain')}/oauth2/${server}`,
  })
}
