/** Both methods with a certificate: the connection proves who it is, and the form says who that should be (RFC 8705 §2). */
import { type ClientAuthentication, checkClientId } from './client-authentication.ts'

/** The methods whose endpoint may be another (RFC 8705 §5). */
const METHODS = ['tls_client_auth', 'self_signed_tls_client_auth'] as const

/** Whether a method, whoever implements it, is one of the two. */
export function isCertificateMethod(method: string): boolean {
  return METHODS.some((known) => known === method)
}

/** Creates one of the two. */
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
