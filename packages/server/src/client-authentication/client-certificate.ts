/** Seam: the certificate a request came with, from the connection or from a proxy in front. */
import type { Warn } from '../events/warning.ts'
import type { HttpRequest, PeerCertificate } from '../http/http-message.ts'

/**
 * Finds the certificate of a request; `undefined` when there is none.
 *
 * Security: whoever can choose what this returns can be any caller. A header field counts only from a proxy that you know
 * and that removes what its own callers sent (RFC 9440 §4, RFC 9700 §4.13).
 *
 * @param warn - tells `onEvent` about something that should not be.
 * @throws ClientAuthenticationFailedError for a certificate that is there and cannot be read.
 */
export type ClientCertificateResolver = (request: HttpRequest, warn: Warn) => PeerCertificate | undefined

/**
 * Takes the certificate from the TLS connection itself: for Node servers that terminate TLS, with `requestCert: true`. With
 * `rejectUnauthorized: false` callers with self-signed certificates get in as well, and `tls_client_auth` still takes only
 * those whose chain Node validated.
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
