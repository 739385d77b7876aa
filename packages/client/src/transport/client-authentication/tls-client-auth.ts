/** `tls_client_auth`: the certificate of the connection is from an authority that the server trusts (RFC 8705 §2.1). */
import type { ClientAuthentication } from './client-authentication.ts'
import { certificateAuthentication } from './certificate-authentication.ts'

/**
 * Authenticates with `tls_client_auth`. The certificate comes from the option `transport.tls`. With a `fetch` or `send`
 * of yours, that code must connect with the certificate. Each request has `client_id`, and goes to the mutual-TLS alias
 * of the endpoint when the metadata name one (RFC 8705 §5).
 *
 * @throws TypeError when the identifier is empty; when the client is created, if it has no certificate.
 * @example
 * ```ts
 * import { readFileSync } from 'node:fs'
 * import { IntrospectionClient, tlsClientAuth } from '@token-introspection/client'
 *
 * new IntrospectionClient({
 *   issuer: 'https://as.example.com',
 *   clientAuthentication: tlsClientAuth('orders-api'),
 *   transport: { tls: { cert: readFileSync('orders.pem'), key: readFileSync('orders.key.pem') } },
 * })
 * ```
 * @see [RFC 8705 §2](https://www.rfc-editor.org/rfc/rfc8705.html#section-2)
 */
export function tlsClientAuth(clientId: string): ClientAuthentication {
  return certificateAuthentication('tls_client_auth', clientId)
}
