/** PingFederate. */
import type { Provider } from './provider.ts'
import { freezeProvider, ProviderOptions } from './provider-options.ts'

/** Options of {@link pingfederate}. */
export interface PingfederateOptions {
  /** Where the runtime engine is, such as `https://sso.example.com:9031`. */
  readonly url: string
  /** Sent as `access_token_manager_id`, where the server has more than one access token manager. */
  readonly accessTokenManagerId?: string | undefined
}

/**
 * PingFederate. About a refresh token it says `active` and nothing else, and only when asked with that hint: give
 * `policy.audience`, which such an answer does not pass.
 *
 * @throws TypeError naming the option that is wrong, as `pingfederate.url`.
 * @example
 * ```ts
 * import { pingfederate } from '@token-introspection/client/providers'
 *
 * export const provider = pingfederate({ url: 'https://sso.example.com:9031', accessTokenManagerId: 'jwt' })
 * ```
 */
export function pingfederate(options: PingfederateOptions): Provider {
  const group = new ProviderOptions('pingfederate', options, ['url', 'accessTokenManagerId'])
  const accessTokenManagerId = group.string('accessTokenManagerId')
  return freezeProvider({
    name: 'PingFederate',
    documentation:
      'https://docs.pingidentity.com/pingfederate/latest/developers_reference_guide/pf_introspec_endpoint.html',
    endpoint: `${group.address('url')}/as/introspect.oauth2`,
    ...(accessTokenManagerId !== undefined && {
      transport: { parameters: { access_token_manager_id: accessTokenManagerId } },
    }),
  })
}
