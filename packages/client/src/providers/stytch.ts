/** Stytch Connected Apps. */
import type { Provider } from './provider.ts'
import { freezeProvider, ProviderOptions } from './provider-options.ts'

/** Options of {@link stytch}. */
export interface StytchOptions {
  /** The host of the project, which is the issuer of its tokens, such as `acme.customers.stytch.dev`. */
  readonly domain: string
}

/**
 * Stytch Connected Apps. `token_type` marks access tokens. The members `status_code` and `request_id` are about the
 * call, not the token.
 *
 * @throws TypeError that names the wrong option, such as `stytch.domain`.
 * @example
 * ```ts
 * import { stytch } from '@token-introspection/client/providers'
 *
 * export const provider = stytch({ domain: 'acme.customers.stytch.dev' })
 * ```
 */
export function stytch(options: StytchOptions): Provider {
  const issuer = `https://${new ProviderOptions('stytch', options, ['domain']).host('domain')}`
  return freezeProvider({
    name: 'Stytch Connected Apps',
    documentation: 'https://stytch.com/docs/b2b/api/connected-app-token-introspection',
    issuer,
    endpoint: `${issuer}/v1/oauth2/introspect`,
    policy: { tokenKind: { member: 'token_type', oneOf: ['access_token'] } },
  })
}
