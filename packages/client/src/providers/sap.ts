/** SAP Cloud Identity Services. */
import type { Provider } from './provider.ts'
import { freezeProvider, ProviderOptions } from './provider-options.ts'

/** Options of {@link sap}. */
export interface SapOptions {
  /** The host of the tenant, such as `acme.accounts.ondemand.com`. */
  readonly domain: string
  /** The client identifier, which the server requires in the body with every method. */
  readonly clientId: string
}

/**
 * A tenant of SAP Cloud Identity Services. `iss` comes with or without its scheme. The server also calls refresh tokens
 * and ID tokens active, and no member tells them apart: give `policy.audience`.
 *
 * @throws TypeError that names the wrong option, such as `sap.clientId`.
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
