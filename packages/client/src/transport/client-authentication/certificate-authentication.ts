/** Both methods with a certificate: the connection proves the identity, and the form names it (RFC 8705 §2). */
import { type ClientAuthentication, checkClientId } from './client-authentication.ts'

/** The methods that may have an endpoint of their own (RFC 8705 §5). */
const METHODS = ['tls_client_auth', 'self_signed_tls_client_auth'] as const

/** Whether a method is one of the two, in any implementation. */
export function isCertificateMethod(method: string): boolean {
  return METHODS.some((known) => known === method)
}

/** Creates one of the two methods. */
export function certificateAuthentication(method: (typeof METHODS)[number], clientId: string): ClientAuthentication {
  checkClientId(clientId)
  const authentication: ClientAuthentication = {
    method,
    clientId,
    authenticate(draft) {
      draft.parameters['client_id'] = clientId
    },
    prepare(client) {
      if (client.hasClientCertificate === false) {
        throw new TypeError(`transport.tls: ${method} needs cert and key`)
      }
      return authentication
    },
  }
  return authentication
}
