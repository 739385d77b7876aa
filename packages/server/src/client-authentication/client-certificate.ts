/** Seam: the client certificate of a request, from the connection or from a proxy. */
import type { Warn } from '../events/warning.ts'
import type { HttpRequest, PeerCertificate } from '../http/http-message.ts'

/**
 * Returns the certificate of a request, or `undefined`.
 *
 * Security: a party that controls this result can act as any caller. Trust a header field only if it comes from a proxy that
 * you know and that removes the field from the requests of its own callers (RFC 9440 §4, RFC 9700 §4.13).
 *
 * @param warn - reports something suspicious to `onEvent`.
 * @throws ClientAuthenticationFailedError for a certificate that cannot be read.
 */
export type ClientCertificateResolver = (request: HttpRequest, warn: Warn) => PeerCertificate | undefined

/**
 * Takes the certificate from the TLS connection, for Node servers that terminate TLS with `requestCert: true`. With
 * `rejectUnauthorized: false` callers with self-signed certificates can connect as well. `tls_client_auth` still accepts only
 * certificates whose chain Node validated.
 *
 * @example
 * ```ts
 * import { certificateFromSocket } from '@token-introspection/server'
 *
 * export const clientAuthentication = {
 *   methods: ['tls_client_auth'],
 *   clientCertificate: certificateFromSocket(),
 *   protectedResources: [{ id: 'orders', tlsClientAuth: { sanDns: 'orders.example.com' } }],
 * } as const
 * ```
 */
export function certificateFromSocket(): ClientCertificateResolver {
  return (request) => request.peerCertificate?.()
}
