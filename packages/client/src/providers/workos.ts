/** WorkOS Connect. */
import type { Provider } from './provider.ts'
import { freezeProvider, ProviderOptions } from './provider-options.ts'

/** Options of {@link workos}. */
export interface WorkosOptions {
  /** The host of your AuthKit, such as `acme.authkit.app`. */
  readonly domain: string
}

/**
 * WorkOS Connect. It requires identifier and secret in the body: give `clientSecretPost`. `token_type` marks access
 * tokens. There is no `scope`, so a guard with a scope refuses every token. `permissions` is a list of strings at
 * WorkOS, not the member of UMA, so the client renames it to `workos_permissions`.
 *
 * @throws TypeError that names the wrong option, such as `workos.domain`.
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
    // A list of strings, which is not the member of UMA.
    response: { renames: { permissions: 'workos_permissions' } },
    policy: { tokenKind: { member: 'token_type', oneOf: ['access_token'] } },
  })
}
