/** No client authentication, for introspection endpoints that only the network protects. */
import { OptionGroup } from '@token-introspection/core/options'
import { type ClientAuthentication, checkClientId } from './client-authentication.ts'

/** Options of {@link dangerouslyNoClientAuthentication}. */
export interface NoClientAuthenticationOptions {
  /** Sent as `client_id`, for servers that ask for an identifier but do not check it. Default none. */
  readonly clientId?: string | undefined
}

/**
 * Sends no credentials, for endpoints such as the admin port of Ory Hydra.
 *
 * Security: RFC 7662 §2.1 requires the endpoint to authenticate its callers. Everybody who reaches an endpoint without
 * authentication can scan it for tokens (RFC 7662 §4). Make sure that only this resource server reaches it.
 *
 * @throws TypeError when the identifier is empty or an option unknown.
 * @example
 * ```ts
 * import { dangerouslyNoClientAuthentication, IntrospectionClient } from '@token-introspection/client'
 *
 * new IntrospectionClient({
 *   endpoint: 'https://hydra-admin.internal/admin/oauth2/introspect',
 *   clientAuthentication: dangerouslyNoClientAuthentication(),
 * })
 * ```
 */
export function dangerouslyNoClientAuthentication(options: NoClientAuthenticationOptions = {}): ClientAuthentication {
  const group = new OptionGroup('', options, ['clientId'])
  const clientId = group.string('clientId')
  if (clientId !== undefined) checkClientId(clientId)
  return {
    method: 'none',
    clientId,
    authenticate(draft) {
      if (clientId !== undefined) draft.parameters['client_id'] = clientId
    },
  }
}
