/** Ory Hydra and Ory Network. */
import type { Provider } from './provider.ts'
import { freezeProvider, ProviderOptions } from './provider-options.ts'

/** Options of {@link hydra}. */
export interface HydraOptions {
  /** Where the admin API is, such as `https://hydra-admin.internal:4445`. */
  readonly adminUrl: string
}

/** Options of {@link oryNetwork}. */
export interface OryNetworkOptions {
  /** Where the project is, such as `https://slug.projects.oryapis.com`. */
  readonly projectUrl: string
}

/** Every token is `Bearer` here; `token_use` alone says which is an access token. */
const ACCESS_TOKEN = { member: 'token_use', oneOf: ['access_token'] }

/**
 * Ory Hydra on your own machines. Its admin API authenticates nobody and belongs into a network of its own, hence
 * `dangerouslyNoClientAuthentication`. A failing lookup is answered inactive, so keep inactive answers briefly. The
 * admin API is not where tokens say they come from: give `response.acceptedIssuers`.
 *
 * @throws TypeError naming the option that is wrong, as `hydra.adminUrl`.
 * @example
 * ```ts
 * import { dangerouslyNoClientAuthentication, IntrospectionClient } from '@token-introspection/client'
 * import { hydra } from '@token-introspection/client/providers'
 *
 * export const introspection = new IntrospectionClient({
 *   provider: hydra({ adminUrl: 'https://hydra-admin.internal:4445' }),
 *   clientAuthentication: dangerouslyNoClientAuthentication(),
 *   response: { acceptedIssuers: ['https://id.example.com'] },
 * })
 * ```
 */
export function hydra(options: HydraOptions): Provider {
  return admin('Ory Hydra', new ProviderOptions('hydra', options, ['adminUrl']).address('adminUrl'))
}

/**
 * Ory Network. It takes an API key of the project: give `bearerToken(apiKey)`. Otherwise like {@link hydra}.
 *
 * @throws TypeError naming the option that is wrong, as `oryNetwork.projectUrl`.
 * @example
 * ```ts
 * import { oryNetwork } from '@token-introspection/client/providers'
 *
 * export const provider = oryNetwork({ projectUrl: 'https://slug.projects.oryapis.com' })
 * ```
 */
export function oryNetwork(options: OryNetworkOptions): Provider {
  return admin('Ory Network', new ProviderOptions('oryNetwork', options, ['projectUrl']).address('projectUrl'))
}

function admin(name: string, address: string): Provider {
  return freezeProvider({
    name,
    documentation: 'https://www.ory.sh/docs/hydra/reference/api',
    endpoint: `${address}/admin/oauth2/introspect`,
    policy: { tokenKind: ACCESS_TOKEN },
  })
}
