/** ZITADEL. */
import type { Provider } from './provider.ts'
import { freezeProvider, ProviderOptions } from './provider-options.ts'

/** Options of {@link zitadel}. */
export interface ZitadelOptions {
  /** The host of the instance, such as `acme-a1b2c3.zitadel.cloud`, or your custom domain. */
  readonly domain: string
}

/**
 * An instance of ZITADEL. The caller is an API application, with `zitadelKeyFile` or `clientSecretBasic`. It gets
 * inactive for tokens without the application or its project in `aud`. During failures of the server it gets inactive
 * for every token.
 *
 * @throws TypeError that names the wrong option, such as `zitadel.domain`.
 * @example
 * ```ts
 * import { readFileSync } from 'node:fs'
 * import { IntrospectionClient, zitadelKeyFile } from '@token-introspection/client'
 * import { zitadel } from '@token-introspection/client/providers'
 *
 * export const introspection = new IntrospectionClient({
 *   provider: zitadel({ domain: 'acme-a1b2c3.zitadel.cloud' }),
 *   clientAuthentication: zitadelKeyFile(readFileSync('orders-api.json', 'utf8')),
 * })
 * ```
 */
export function zitadel(options: ZitadelOptions): Provider {
  return freezeProvider({
    name: 'ZITADEL',
    documentation: 'https://zitadel.com/docs/apis/openidoauth/endpoints',
    issuer: `https://${new ProviderOptions('zitadel', options, ['domain']).host('domain')}`,
  })
}
