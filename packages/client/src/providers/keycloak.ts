/** Keycloak. */
import type { Provider } from './provider.ts'
import { freezeProvider, ProviderOptions } from './provider-options.ts'

/** Options of {@link keycloak}. */
export interface KeycloakOptions {
  /**
   * The address of Keycloak, with its relative path if it has one, such as `https://sso.example.com` or
   * `https://example.com/auth`.
   */
  readonly url: string
  readonly realm: string
}

/**
 * A realm of Keycloak. It answers only confidential clients, since 26.6.2 only about tokens with the calling client in
 * `aud`, and refuses unknown hints.
 *
 * Its JWTs have `typ: JWT` unless a client is set to `at+jwt`, and the client in `azp`. The claim `typ` names the kind:
 * `Bearer` or `DPoP` for access tokens. A guard refuses `ID`, `Refresh` and `Offline`. Lightweight access tokens have
 * neither `aud` nor `sub`, which introspection adds: verify them with the mode `local-then-introspect`.
 *
 * @throws TypeError that names the wrong option, such as `keycloak.realm`.
 * @example
 * ```ts
 * import { clientSecretBasic, IntrospectionClient } from '@token-introspection/client'
 * import { keycloak } from '@token-introspection/client/providers'
 *
 * export const introspection = new IntrospectionClient({
 *   provider: keycloak({ url: 'https://sso.example.com', realm: 'acme' }),
 *   clientAuthentication: clientSecretBasic('orders-api', process.env['KEYCLOAK_SECRET'] ?? ''),
 *   audience: 'orders-api',
 * })
 * ```
 */
export function keycloak(options: KeycloakOptions): Provider {
  const group = new ProviderOptions('keycloak', options, ['url', 'realm'])
  return freezeProvider({
    name: 'Keycloak',
    documentation: 'https://www.keycloak.org/securing-apps/oidc-layers',
    issuer: `${group.address('url')}/realms/${group.segment('realm')}`,
    jwt: { types: ['at+jwt', 'JWT'], aliases: { client_id: 'azp' }, requiredClaims: ['client_id', 'iat', 'jti'] },
    clientAuthentication: {
      takes: ['client_secret_basic', 'client_secret_post', 'client_secret_jwt', 'private_key_jwt', 'tls_client_auth'],
      refuses: ['none'],
    },
  })
}
