/** `self_signed_tls_client_auth`: the certificate of the connection is registered itself (RFC 8705 §2.2). */
import type { ClientAuthentication } from './client-authentication.ts'
import { certificateAuthentication } from './certificate-authentication.ts'

/**
 * Authenticates with `self_signed_tls_client_auth`. It is like {@link tlsClientAuth}, but with a self-signed
 * certificate, which is registered at the server in this client's key set.
 *
 * @throws TypeError when the identifier is empty; when the client is created, if it has no certificate.
 * @example
 * ```ts
 * import { readFileSync } from 'node:fs'
 * import { IntrospectionClient, selfSignedTlsClientAuth } from '@token-introspection/client'
 *
 * new IntrospectionClient({
 *   issuer: 'https://as.example.com',
 *   clientAuthentication: selfSignedTlsClientAuth('orders-api'),
 *   transport: { tls: { cert: readFileSync('self-signed.pem'), key: readFileSync('self-signed.key.pem') } },
 * })
 * ```
 * @see [RFC 8705 §2.2](https://www.rfc-editor.org/rfc/rfc8705.html#section-2.2)
 */
export function selfSignedTlsClientAuth(clientId: string): ClientAuthentication {
  return certificateAuthentication('self_signed_tls_client_auth', clientId)
}
