/** Curity Identity Server. */
import type { Provider } from './provider.ts'
import { freezeProvider, ProviderOptions } from './provider-options.ts'

/** Options of {@link curity}. */
export interface CurityOptions {
  /** The address of the runtime, such as `https://login.example.com`. */
  readonly url: string
}

/**
 * The Curity Identity Server at its usual path. If the endpoint has another path, give `endpoint`. An empty 204 means
 * an inactive token. Its phantom token, which is the access token as a JWT, is not an introspection response, and the
 * client does not request it.
 *
 * @throws TypeError that names the wrong option, such as `curity.url`.
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
