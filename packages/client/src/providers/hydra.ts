/** Ory Hydra and Ory Network. */
import type { Provider } from './provider.ts'
import { freezeProvider, ProviderOptions } from './provider-options.ts'

/** Options of {@link hydra}. */
export interface HydraOptions {
  /** The address of the admin API, such as `https://hydra-admin.internal:4445`. */
  readonly adminUrl: string
  /**
   * The exact `iss` of tokens, which is `urls.self.issuer` of the server. Without it answers may name any issuer,
   * unless `response.acceptedIssuers` lists some, and the client cannot verify JWTs. Default none.
   */
  readonly issuer?: string | undefined
}

/** Options of {@link oryNetwork}. */
export interface OryNetworkOptions {
  /** The address of the project, such as `https://slug.projects.oryapis.com`. */
  readonly projectUrl: string
  /** The exact `iss` of tokens: the address of the project, or your custom domain. Default none. */
  readonly issuer?: string | undefined
}

/** Every token has the type `Bearer`. Only `token_use` marks access tokens. */
const ACCESS_TOKEN = { member: 'token_use', oneOf: ['access_token'] }

/**
 * Its JWTs (`strategies.access_token: jwt`) have `typ: JWT` and the scope as an array in `scp`. ID tokens have the same
 * type, but no `client_id`, which is therefore required.
 */
const JWT = { types: ['at+jwt', 'JWT'], aliases: { scope: 'scp' } }

/**
 * Ory Hydra on your own machines. Its admin API authenticates no caller and must be in a separate network, hence
 * `dangerouslyNoClientAuthentication`. It answers a failed lookup with inactive, so cache inactive answers only
 * briefly. The address of the admin API is not the issuer of tokens: give `issuer`.
 *
 * @throws TypeError that names the wrong option, such as `hydra.adminUrl`.
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
 * Ory Network. It requires an API key of the project: give `bearerToken(apiKey)`. Otherwise like {@link hydra}.
 *
 * @throws TypeError that names the wrong option, such as `oryNetwork.projectUrl`.
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
