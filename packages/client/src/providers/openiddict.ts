/** OpenIddict. */
import type { Provider } from './provider.ts'
import { freezeProvider, ProviderOptions } from './provider-options.ts'

/** Options of {@link openiddict}. */
export interface OpeniddictOptions {
  /** The exact issuer of the server. */
  readonly issuer: string
}

/**
 * A server built with OpenIddict. The caller needs the permission for the endpoint. It gets scope and claims only when
 * it is in the audience of the token. `token_usage` marks access tokens.
 *
 * @throws TypeError that names the wrong option, such as `openiddict.issuer`.
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
