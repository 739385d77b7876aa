/** Cloud Foundry UAA. */
import type { Provider } from './provider.ts'
import { freezeProvider, ProviderOptions } from './provider-options.ts'

/** Options of {@link uaa}. */
export interface UaaOptions {
  /** The address of UAA, such as `https://uaa.example.com`. */
  readonly url: string
}

/**
 * Cloud Foundry UAA. `scope` is an array, the user is in `user_name`, and `iss` is the token endpoint. If you reach UAA
 * under another name, list its `iss` in `response.acceptedIssuers`. Best use `clientCredentials` of a client that has
 * `uaa.resource`.
 *
 * @throws TypeError that names the wrong option, such as `uaa.url`.
 * @example
 * ```ts
 * import { uaa } from '@token-introspection/client/providers'
 *
 * export const provider = uaa({ url: 'https://uaa.example.com' })
 * ```
 */
export function uaa(options: UaaOptions): Provider {
  const address = new ProviderOptions('uaa', options, ['url']).address('url')
  return freezeProvider({
    name: 'UAA',
    documentation: 'https://docs.cloudfoundry.org/api/uaa/',
    endpoint: `${address}/introspect`,
    response: {
      acceptedIssuers: [`${address}/oauth/token`],
      tolerate: { scopeAsArray: true },
      aliases: { username: 'user_name' },
    },
  })
}
