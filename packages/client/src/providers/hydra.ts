/** Ory Hydra and Ory Network. */
import type { Provider } from './provider.ts'
import { freezeProvider, ProviderOptions } from './provider-options.ts'

/** Options of {@link hydra}. */
export interface HydraOptions {
  /** Where the admin API is, such as `https://hydra-admin.internal:4445`. */
  readonly adminUrl: string
  /**
   * What tokens name in `iss`: `urls.self.issuer` of the server, character for character. Without it answers may name any
   * issuer, unless `response.acceptedIssuers` lists them, and JWTs cannot be verified here. Default none.
   */
  readonly issuer?: string | undefined
}

/** Options of {@link oryNetwork}. */
export interface OryNetworkOptions {
  /** Where the project is, such as `https://slug.projects.oryapis.com`. */
  readonly projectUrl: string
  /** What tokens name in `iss`: that address, or your custom domain, character for character. Default none. */
  readonly issuer?: string | undefined
}

/** Every token is `Bearer` here; `token_use` alone says which is an access token. */
const ACCESS_TOKEN = { member: 'token_use', oneOf: ['access_token'] }

/**
 * Its JWTs (`strategies.access_token: jwt`) have `typ: JWT` and an array of scope in `scp`. ID tokens have the same type;
 * they have no `client_id`, which is required.
 */
const JWT = { types: ['at+jwt', 'JWT'], aliases: { scope: 'scp' } }

/**
 * Ory Hydra on your own machines. Its admin API authenticates nobody and belongs into a network of its own, hence
 * `dangerouslyNoClientAuthentication`. A failing lookup is answered inactive, so keep inactive answers briefly. The
 * admin API is not where tokens say they come from: give `issuer`.
 *
 * @throws TypeError naming the option that is wrong, as `hydra.adminUrl`.
 * @example
 * ```ts
 * import { dangerouslyNoClientAuthentication, IntrospectionClient } from '@token-introspection/client'
 * import { hydra } from '@token-introspection/client/providers'
 *
 * export const introspection = new IntrospectionClient({
 *   provider: hydra({ adminUrl: 'https://hydra-admin.internal:4445', issuer: 'https://id.example.com' }),
 *   clientAuthentication: dangerouslyNoClientAuthentication(),
 * })
 * ```
 */
export function hydra(options: HydraOptions): Provider {
  return admin('Ory Hydra', new ProviderOptions('hydra', options, ['adminUrl', 'issuer']), 'adminUrl')
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
  return admin('Ory Network', new ProviderOptions('oryNetwork', options, ['projectUrl', 'issuer']), 'projectUrl')
}

function admin(name: string, group: ProviderOptions, url: string): Provider {
  return freezeProvider({
    name,
    documentation: 'https://www.ory.sh/docs/hydra/reference/api',
    issuer: group.has('issuer') ? group.identifier('issuer') : undefined,
    endpoint: `${group.address(url)}/admin/oauth2/introspect`,
    jwt: JWT,
    response: { tolerate: { scopeAsArray: true } },
    policy: { tokenKind: ACCESS_TOKEN },
  })
}
