/** PingAM and PingOne Advanced Identity Cloud, formerly ForgeRock. */
import type { Provider } from './provider.ts'
import { freezeProvider, ProviderOptions } from './provider-options.ts'

/** Options of {@link pingam}. */
export interface PingamOptions {
  /** The address of PingAM, with its path, such as `https://am.example.com:8443/am`. */
  readonly url: string
  /** The realm below the root realm, such as `alpha` or `alpha/partners`. Default the root realm. */
  readonly realm?: string | undefined
}

/**
 * A realm of PingAM. Answers have no `aud` unless a script adds it, and older servers send `user_id` in place of
 * `username`. Signed answers (`response.jwt`) need the setting "Use token_introspection claim for JWT".
 *
 * @throws TypeError that names the wrong option, such as `pingam.url`.
 * @example
 * ```ts
 * import { pingam } from '@token-introspection/client/providers'
 *
 * export const provider = pingam({ url: 'https://am.example.com/am', realm: 'alpha' })
 * ```
 */
export function pingam(options: PingamOptions): Provider {
  const group = new ProviderOptions('pingam', options, ['url', 'realm'])
  const realms = group.has('realm') ? group.segments('realm') : []
  const issuer = `${group.address('url')}/oauth2/${['root', ...realms].map((realm) => `realms/${realm}`).join('/')}`
  return freezeProvider({
    name: 'PingAM',
    documentation: 'https://docs.pingidentity.com/pingam/8.1/am-oauth2/oauth2-introspect-endpoint.html',
    issuer,
    endpoint: `${issuer}/introspect`,
    response: { aliases: { username: 'user_id' } },
  })
}
