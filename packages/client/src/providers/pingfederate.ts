/** PingFederate. */
import type { Provider } from './provider.ts'
import { freezeProvider, ProviderOptions } from './provider-options.ts'

/** Options of {@link pingfederate}. */
export interface PingfederateOptions {
  /** The address of the runtime engine, such as `https://sso.example.com:9031`. */
  readonly url: string
  /** Sent as `access_token_manager_id`, for servers with more than one access token manager. */
  readonly accessTokenManagerId?: string | undefined
}

/**
 * PingFederate. For a refresh token it answers only `active`, and only with that hint: give `policy.audience`, so that
 * guards refuse such an answer.
 *
 * @throws TypeError that names the wrong option, such as `pingfederate.url`.
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
