/** MITREid Connect. */
import type { Provider } from './provider.ts'
import { freezeProvider, ProviderOptions } from './provider-options.ts'

/** Options of {@link mitreid}. */
export interface MitreidOptions {
  /** The exact issuer of the server. Most issuers end in a slash. */
  readonly issuer: string
}

/**
 * MITREid Connect. The user is in `user_id`, permissions have the names of UMA 1.0, and refresh tokens have no
 * `token_type`. A token that does not expire has no `exp`.
 *
 * @throws TypeError that names the wrong option, such as `mitreid.issuer`.
 * @example
 * ```ts
 * import { mitreid } from '@token-introspection/client/providers'
 *
 * export const provider = mitreid({ issuer: 'https://as.example.com/' })
 * ```
 */
export function mitreid(options: MitreidOptions): Provider {
  return freezeProvider({
    name: 'MITREid Connect',
    documentation: 'https://github.com/mitreid-connect/OpenID-Connect-Java-Spring-Server/wiki',
    issuer: new ProviderOptions('mitreid', options, ['issuer']).identifier('issuer'),
    response: { tolerate: { uma1Permissions: true }, aliases: { username: 'user_id' } },
    policy: { tokenKind: { member: 'token_type', oneOf: ['Bearer'] } },
  })
}
