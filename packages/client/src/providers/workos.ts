/** WorkOS Connect. */
import type { Provider } from './provider.ts'
import { freezeProvider, ProviderOptions } from './provider-options.ts'

/** Options of {@link workos}. */
export interface WorkosOptions {
  /** The host of your AuthKit, such as `acme.authkit.app`. */
  readonly domain: string
}

/**
 * WorkOS Connect, which wants identifier and secret in the body: give `clientSecretPost`. `token_type` says which is an
 * access token; there is no `scope`, so a guard that asks for one lets nothing pass. `permissions` is a list of texts at
 * WorkOS and no member of UMA: you find it in `workos_permissions`.
 *
 * @throws TypeError naming the option that is wrong, as `workos.domain`.
 * @example
 * ```ts
 * import { workos } from '@token-introspection/client/providers'
 *
 * export const provider = workos({ domain: 'acme.authkit.app' })
 * ```
 */
export function workos(options: WorkosOptions): Provider {
  const issuer = `https://${new ProviderOptions('workos', options, ['domain']).host('domain')}`
  return freezeProvider({
    name: 'WorkOS Connect',
    documentation: 'https://workos.com/docs/reference/workos-connect/introspection',
    issuer,
    endpoint: `${issuer}/oauth2/introspection`,
    // A list of texts, which is no member of UMA.
    response: { renames: { permissions: 'workos_permissions' } },
    policy: { tokenKind: { member: 'token_type', oneOf: ['access_token'] } },
  })
}
