/** Curity Identity Server. */
import type { Provider } from './provider.ts'
import { freezeProvider, ProviderOptions } from './provider-options.ts'

/** Options of {@link curity}. */
export interface CurityOptions {
  /** Where the runtime is, such as `https://login.example.com`. */
  readonly url: string
}

/**
 * The Curity Identity Server at its usual path; where the endpoint has another, give `endpoint`. An empty 204 is an
 * inactive token. What it calls a phantom token, the access token itself as a JWT, is no introspection response and not
 * asked for.
 *
 * @throws TypeError naming the option that is wrong, as `curity.url`.
 * @example
 * ```ts
 * import { clientSecretBasic, IntrospectionClient } from '@token-introspection/client'
 * import { curity } from '@token-introspection/client/providers'
 *
 * export const introspection = new IntrospectionClient({
 *   provider: curity({ url: 'https://login.example.com' }),
 *   clientAuthentication: clientSecretBasic('orders-api', process.env['CURITY_SECRET'] ?? ''),
 * })
 * ```
 */
export function curity(options: CurityOptions): Provider {
  const group = new ProviderOptions('curity', options, ['url'])
  return freezeProvider({
    name: 'Curity Identity Server',
    documentation: 'https://curity.io/resources/learn/phantom-token-pattern/',
    endpoint: `${group.address('url')}/oauth/v2/oauth-introspect`,
    response: { inactiveWhen: [{ status: 204 }] },
  })
}
