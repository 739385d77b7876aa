/** `client_secret_post`: identifier and secret in the form (RFC 6749 §2.3.1). */
import { authenticateWithFoundSecret, type Findable } from './authenticate-with-found-secret.ts'
import { type ClientAuthentication, checkClientId, checkSecretCredentials } from './client-authentication.ts'

/**
 * Authenticates with `client_secret_post`. Use it only where {@link clientSecretBasic} does not work (RFC 6749 §2.3.1).
 *
 * @param clientSecret - the secret, or a function that finds it with each request.
 * @throws TypeError when identifier or secret is empty or holds control characters.
 * @example
 * ```ts
 * import { clientSecretPost } from '@token-introspection/client'
 *
 * clientSecretPost('orders-api', 's3cr3t')
 * ```
 */
export function clientSecretPost(clientId: string, clientSecret: Findable<string>): ClientAuthentication {
  if (typeof clientSecret === 'function') {
    checkClientId(clientId)
    return authenticateWithFoundSecret({ method: 'client_secret_post', clientId }, clientSecret, (secret) =>
      clientSecretPost(clientId, secret),
    )
  }
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
