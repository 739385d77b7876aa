/** Salesforce. */
import type { Provider } from './provider.ts'
import { freezeProvider, ProviderOptions } from './provider-options.ts'

/** Options of {@link salesforce}. */
export interface SalesforceOptions {
  /** The host of the organization, such as `acme.my.salesforce.com`. */
  readonly domain: string
}

/**
 * An organization of Salesforce. `sub` is the URL of an identity. `token_type` names the kind of a token; scope names
 * such as `refresh_token` do not.
 *
 * @throws TypeError that names the wrong option, such as `salesforce.domain`.
 * @example
 * ```ts
 * import { salesforce } from '@token-introspection/client/providers'
 *
 * export const provider = salesforce({ domain: 'acme.my.salesforce.com' })
 * ```
 */
export function salesforce(options: SalesforceOptions): Provider {
  const address = `https://${new ProviderOptions('salesforce', options, ['domain']).host('domain')}`
  return freezeProvider({
    name: 'Salesforce',
    documentation:
      'https://help.salesforce.com/apex/HTViewHelpDoc?id=xcloud.remoteaccess_oidc_token_introspection_endpoint.htm',
    endpoint: `${address}/services/oauth2/introspect`,
    policy: { tokenKind: { member: 'token_type', oneOf: ['access_token'] } },
  })
}
