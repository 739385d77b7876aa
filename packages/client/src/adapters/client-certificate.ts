/** The client certificate of a Node connection, for the adapters of Node frameworks. */
import type { Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'

/**
 * The client's certificate as DER; `undefined` on a connection without TLS, or of a client without a certificate. The
 * server has to request it with `requestCert: true`. With `rejectUnauthorized: false` the server also accepts
 * self-signed certificates, to which tokens may be bound (RFC 8705 §6.2).
 *
 * Read it for each request: a client may change its certificate during a connection.
 */
export function clientCertificateOf(socket: Socket | null | undefined): Uint8Array | undefined {
  // Also for HTTP/2, where the socket of a request stands for the socket of its session.
  return (socket as Partial<TLSSocket> | null | undefined)?.getPeerCertificate?.()?.raw
}
