/** Doorkeeper, the authorization server of Rails applications. */
import type { Provider } from './provider.ts'
import { freezeProvider, ProviderOptions } from './provider-options.ts'

/** Options of {@link doorkeeper}. */
export interface DoorkeeperOptions {
  /** Where the application is, such as `https://app.example.com`. */
  readonly url: string
  /**
   * The major version. Default 5, and then the application has to say `token_use`: see {@link doorkeeper}. Version 6 tells
   * refresh tokens from access tokens by itself.
   *
   * Security: 6 at a server of version 5 lets refresh tokens pass for access tokens.
   */
  readonly version?: 5 | 6 | undefined
}

/**
 * Doorkeeper. A client hears about its own tokens alone until `allow_token_introspection` says otherwise.
 *
 * Versions up to 5.9.6 answer about a refresh token exactly as about the access token it came with: with `token_type` of
 * `Bearer`, without `aud`, and without regard to a hint. Nothing in such an answer keeps it out, so a guard refuses every
 * token until `custom_introspection_response` of the application adds `token_use` of `access_token`, as the guide shows.
 * From version 6 on a refresh token has no `token_type`, and a guard refuses it for that.
 *
 * Versions that send `exp` of 0 need `response.tolerate.zeroExpiryAsAbsent`.
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
  const group = new ProviderOptions('doorkeeper', options, ['url', 'version'])
  const version = group.raw('version') ?? 5
  if (version !== 5 && version !== 6) throw group.error('version', 'must be 5 or 6')
  return freezeProvider({
    name: 'Doorkeeper',
    documentation: 'https://github.com/doorkeeper-gem/doorkeeper/wiki',
    endpoint: `${group.address('url')}/oauth/introspect`,
    policy: {
      tokenKind:
        version === 6
          ? { member: 'token_type', oneOf: ['Bearer', 'DPoP'] }
          : { member: 'token_use', oneOf: ['access_token'] },
    },
  })
}
