/** Duende IdentityServer. */
import type { Provider } from './provider.ts'
import { freezeProvider, ProviderOptions } from './provider-options.ts'

/** Options of {@link duende}. */
export interface DuendeOptions {
  /** The exact issuer of the server, such as `https://identity.example.com`. */
  readonly authority: string
}

/**
 * Duende IdentityServer, and IdentityServer4. The caller is an API resource with its secret. It gets inactive for
 * tokens without any of its scopes. Signed answers (`response.jwt`) need version 7.3.
 *
 * @throws TypeError that names the wrong option, such as `duende.authority`.
 * @example
 * ```ts
 * import { duende } from '@token-introspection/client/providers'
 *
 * export const provider = duende({ authority: 'https://identity.example.com' })
 * ```
 */
export function duende(options: DuendeOptions): Provider {
  return freezeProvider({
    name: 'Duende IdentityServer',
    documentation: 'https://docs.duendesoftware.com/identityserver/reference/v8/endpoints/introspection/',
    issuer: new ProviderOptions('duende', options, ['authority']).identifier('authority'),
    clientAuthentication: { takes: ['client_secret_basic', 'client_secret_post'], refuses: ['none'] },
  })
}
