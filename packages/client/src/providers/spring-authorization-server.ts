/** Spring Authorization Server. */
import type { Provider } from './provider.ts'
import { freezeProvider, ProviderOptions } from './provider-options.ts'

/** Options of {@link springAuthorizationServer}. */
export interface SpringAuthorizationServerOptions {
  /** The issuer of the server, character for character. */
  readonly issuer: string
}

/**
 * Spring Authorization Server. Authorization codes, ID tokens and refresh tokens are active here too, and only access
 * tokens have a `token_type`: a guard refuses a token without one.
 *
 * @throws TypeError naming the option that is wrong, as `springAuthorizationServer.issuer`.
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
    policy: { tokenKind: { member: 'token_type', oneOf: ['Bearer', 'DPoP'] } },
  })
}
