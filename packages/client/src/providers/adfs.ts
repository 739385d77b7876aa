/** Active Directory Federation Services. */
import type { LocalProvider } from './provider.ts'
import { freezeProvider, ProviderOptions } from './provider-options.ts'

/** Options of {@link adfs}. */
export interface AdfsOptions {
  /** The host of the federation service, such as `fs.example.com`. */
  readonly domain: string
}

/**
 * AD FS has no introspection: its access tokens are JWTs, which the client verifies. They name another issuer than the
 * metadata, `http://fs.example.com/adfs/services/trust`, which is only a name and is never fetched. ID tokens name the
 * issuer of the metadata and are therefore refused. `appid` is the client, `scp` the scope, and `auth_time` a string.
 * Give the identifier of your API as `policy.audience`; AD FS writes `microsoft:identityserver:` before an identifier
 * that is not a URL.
 *
 * @throws TypeError that names the wrong option, such as `adfs.domain`.
 * @example
 * ```ts
 * import { IntrospectionClient } from '@token-introspection/client'
 * import { adfs } from '@token-introspection/client/providers'
 *
 * export const tokens = new IntrospectionClient({
 *   provider: adfs({ domain: 'fs.example.com' }),
 *   audience: 'https://orders.example.com',
 * })
 * ```
 */
export function adfs(options: AdfsOptions): LocalProvider {
  const host = new ProviderOptions('adfs', options, ['domain']).host('domain')
  const issuer = `http://${host}/adfs/services/trust`
  return freezeProvider({
    name: 'AD FS',
    documentation:
      'https://learn.microsoft.com/en-us/windows-server/identity/ad-fs/overview/ad-fs-openid-connect-oauth-concepts',
    issuer: `https://${host}/adfs`,
    jwt: {
      mode: 'local',
      issuer,
      types: ['JWT'],
      requiredClaims: ['aud', 'client_id', 'iat'],
      aliases: { client_id: 'appid', scope: 'scp' },
    },
    response: { acceptedIssuers: [issuer], tolerate: { datesAsText: true } },
  })
}
