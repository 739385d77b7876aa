/** OpenIddict. */
import type { Provider } from './provider.ts'
import { freezeProvider, ProviderOptions } from './provider-options.ts'

/** Options of {@link openiddict}. */
export interface OpeniddictOptions {
  /** The issuer of the server, character for character. */
  readonly issuer: string
}

/**
 * A server built with OpenIddict. The caller needs the permission for the endpoint; scope and claims are for callers in
 * the audience of the token. `token_usage` says which is an access token.
 *
 * @throws TypeError naming the option that is wrong, as `openiddict.issuer`.
 * @example
 * ```ts
 * import { openiddict } from '@token-introspection/client/providers'
 *
 * export const provider = openiddict({ issuer: 'https://as.example.com/' })
 * ```
 */
export function openiddict(options: OpeniddictOptions): Provider {
  return freezeProvider({
    name: 'OpenIddict',
    documentation: 'https://documentation.openiddict.com/',
    issuer: new ProviderOptions('openiddict', options, ['issuer']).identifier('issuer'),
    policy: { tokenKind: { member: 'token_usage', oneOf: ['access_token'] } },
  })
}
