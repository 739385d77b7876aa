/** Key Bridge Security Token Service. */
import type { Provider } from './provider.ts'
import { freezeProvider, ProviderOptions } from './provider-options.ts'

/** Options of {@link keyBridgeSts}. */
export interface KeyBridgeStsOptions {
  /** Where the service is, such as `https://sts.example.com`. */
  readonly url: string
}

/**
 * The Key Bridge Security Token Service, which answers an unknown token 400 `invalid_token`. It authenticates callers
 * by `client_secret_basic` and knows no refresh tokens.
 *
 * @throws TypeError naming the option that is wrong, as `keyBridgeSts.url`.
 * @example
 * ```ts
 * import { keyBridgeSts } from '@token-introspection/client/providers'
 *
 * export const provider = keyBridgeSts({ url: 'https://sts.example.com' })
 * ```
 */
export function keyBridgeSts(options: KeyBridgeStsOptions): Provider {
  return freezeProvider({
    name: 'Key Bridge Security Token Service',
    documentation: 'https://github.com/KeyBridge/lib-oauth',
    endpoint: `${new ProviderOptions('keyBridgeSts', options, ['url']).address('url')}/introspect`,
    response: { inactiveWhen: [{ status: 400, error: 'invalid_token' }] },
  })
}
