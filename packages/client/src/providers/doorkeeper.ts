/** Doorkeeper, the authorization server of Rails applications. */
import type { Provider } from './provider.ts'
import { freezeProvider, ProviderOptions } from './provider-options.ts'

/** Options of {@link doorkeeper}. */
export interface DoorkeeperOptions {
  /** The address of the application, such as `https://app.example.com`. */
  readonly url: string
  /**
   * The major version. Default 5: then the application has to add `token_use`, see {@link doorkeeper}. Version 6 marks
   * access tokens by itself.
   *
   * Security: with 6 at a server of version 5, guards accept refresh tokens as access tokens.
   */
  readonly version?: 5 | 6 | undefined
}

/**
 * Doorkeeper. A client gets answers only about its own tokens, unless `allow_token_introspection` allows more.
 *
 * Versions up to 5.9.6 answer about a refresh token exactly as about the access token it came with: with `token_type`
 * of `Bearer`, without `aud`, and whatever the hint. No member of such an answer tells the two apart, so a guard
 * refuses every token until `custom_introspection_response` of the application adds `token_use` of `access_token`, as
 * the guide shows. From version 6 on a refresh token has no `token_type`, so a guard refuses it.
 *
 * Versions that send `exp` of 0 need `response.tolerate.zeroExpiryAsAbsent`.
 *
 * @throws TypeError that names the wrong option, such as `doorkeeper.url`.
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
