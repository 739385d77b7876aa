/** SAP Cloud Identity Services. */
import type { Provider } from './provider.ts'
import { freezeProvider, ProviderOptions } from './provider-options.ts'

/** Options of {@link sap}. */
export interface SapOptions {
  /** The host of the tenant, such as `acme.accounts.ondemand.com`. */
  readonly domain: string
  /** The client identifier, which has to stand in the body whatever the method is. */
  readonly clientId: string
}

/**
 * A tenant of SAP Cloud Identity Services. `iss` comes with and without its scheme. Refresh tokens and ID tokens are
 * active here too, and nothing tells them apart: give `policy.audience`.
 *
 * @throws TypeError naming the option that is wrong, as `sap.clientId`.
 * @example
 * ```ts
 * import { sap } from '@token-introspection/client/providers'
 *
 * export const provider = sap({ domain: 'acme.accounts.ondemand.com', clientId: 'orders-api' })
 * ```
 */
export function sap(options: SapOptions): Provider {
  const group = new ProviderOptions('sap', options, ['domain', 'clientId'])
  const host = group.host('domain')
  return freezeProvider({
    name: 'SAP Cloud Identity Services',
    documentation: 'https://help.sap.com/docs/cloud-identity-services',
    endpoint: `https://${host}/oauth2/introspect`,
    transport: { parameters: { client_id: group.required('clientId') } },
    response: { acceptedIssuers: [`https://${host}`, host] },
  })
}
