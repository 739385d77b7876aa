/** Spring Authorization Server. */
import type { Provider } from './provider.ts'
import { freezeProvider, ProviderOptions } from './provider-options.ts'

/** Options of {@link springAuthorizationServer}. */
export interface SpringAuthorizationServerOptions {
  /** The exact issuer of the server. */
  readonly issuer: string
}

/**
 * Spring Authorization Server. It also calls authorization codes, ID tokens and refresh tokens active. Only access
 * tokens have a `token_type`: a guard refuses a token without one. `aud` is the client that the token was issued to,
 * unless an `OAuth2TokenCustomizer` changes it.
 *
 * Its JWTs have no `typ`, no `client_id`, and an array in `scope`. ID tokens look the same, but have no `nbf`. So a JWT
 * without `typ` must have `nbf`.
 *
 * `privateKeyJwt` and `clientSecretJwt` write `typ: JWT` and send `client_id`: version 1.5 accepts no other type, and
 * answers 400 without `client_id`.
 *
 * @throws TypeError that names the wrong option, such as `springAuthorizationServer.issuer`.
 * @example
 * ```ts
 * import { springAuthorizationServer } from '@token-introspection/client/providers'
 *
 * export const provider = springAuthorizationServer({ issuer: 'https://as.example.com' })
 * ```
 */
export function springAuthorizationServer(options: SpringAuthorizationServerOptions): Provider {
  return freezeProvider({
    name: 'Spring Authorization Server',
    documentation: 'https://docs.spring.io/spring-authorization-server/reference/protocol-endpoints.html',
    issuer: new ProviderOptions('springAuthorizationServer', options, ['issuer']).identifier('issuer'),
    jwt: { acceptUntyped: true, requiredClaims: ['aud', 'sub', 'iat', 'jti'], kindClaims: ['nbf'] },
    response: { tolerate: { scopeAsArray: true } },
    policy: { tokenKind: { member: 'token_type', oneOf: ['Bearer', 'DPoP'] } },
    clientAuthentication: {
      takes: [
        'client_secret_basic',
        'client_secret_post',
        'client_secret_jwt',
        'private_key_jwt',
        'tls_client_auth',
        'self_signed_tls_client_auth',
      ],
      refuses: [],
      assertion: { typ: 'JWT', sendClientId: true },
    },
  })
}
