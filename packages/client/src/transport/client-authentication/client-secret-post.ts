/** `client_secret_post`: identifier and secret in the form (RFC 6749 §2.3.1). */
import { type ClientAuthentication, checkSecretCredentials } from './client-authentication.ts'

/**
 * Authenticates with `client_secret_post`. Use it only where {@link clientSecretBasic} does not work (RFC 6749 §2.3.1).
 *
 * @throws TypeError when identifier or secret is empty or holds control characters.
 * @example
 * ```ts
 * import { clientSecretPost } from '@token-introspection/client'
 *
 * clientSecretPost('orders-api', 's3cr3t')
 * ```
 */
export function clientSecretPost(clientId: string, clientSecret: string): ClientAuthentication {
  checkSecretCredentials(clientId, clientSecret)
  return {
    method: 'client_secret_post',
    clientId,
    authenticate(draft) {
      draft.parameters['client_id'] = clientId
      draft.parameters['client_secret'] = clientSecret
    },
  }
}
