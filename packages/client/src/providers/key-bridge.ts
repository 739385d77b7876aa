/** Key Bridge Security Token Service. */
import type { Provider } from './provider.ts'
import { freezeProvider, ProviderOptions } from './provider-options.ts'

/** Options of {@link keyBridgeSts}. */
export interface KeyBridgeStsOptions {
  /** The address of the service, such as `https://sts.example.com`. */
  readonly url: string
}

/**
 * The Key Bridge Security Token Service. For an unknown token it answers 400 `invalid_token`. It authenticates callers
 * by `client_secret_basic` and has no refresh tokens.
 *
 * @throws TypeError that names the wrong option, such as `keyBridgeSts.url`.
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
