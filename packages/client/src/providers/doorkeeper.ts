/** Doorkeeper, the authorization server of Rails applications. */
import type { Provider } from './provider.ts'
import { freezeProvider, ProviderOptions } from './provider-options.ts'

/** Options of {@link doorkeeper}. */
export interface DoorkeeperOptions {
  /** Where the application is, such as `https://app.example.com`. */
  readonly url: string
}

/**
 * Doorkeeper. A client hears about its own tokens alone until `allow_token_introspection` says otherwise. Refresh
 * tokens have no `token_type`, and a guard refuses them for it. Versions that send `exp` of 0 need
 * `response.tolerate.zeroExpiryAsAbsent`.
 *
 * @throws TypeError naming the option that is wrong, as `doorkeeper.url`.
 * @example
 * ```ts
 * import { doorkeeper } from '@token-introspection/client/providers'
 *
 * export const provider = doorkeeper({ url: 'https://app.example.com' })
 * ```
 */
export function doorkeeper(options: DoorkeeperOptions): Provider {
  return freezeProvider({
    name: 'Doorkeeper',
    documentation: 'https://github.com/doorkeeper-gem/doorkeeper/wiki',
    endpoint: `${new ProviderOptions('doorkeeper', options, ['url']).address('url')}/oauth/introspect`,
    policy: { tokenKind: { member: 'token_type', oneOf: ['Bearer'] } },
  })
}
