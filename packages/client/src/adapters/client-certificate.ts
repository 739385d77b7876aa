/** The certificate that a client has shown on a connection of Node, for the adapters of its frameworks. */
import type { Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'

/**
 * The certificate that a client has shown, as DER; `undefined` on a connection without TLS, or of a client without one. The
 * server has to ask for it with `requestCert: true`; with `rejectUnauthorized: false` it takes self-signed ones as well,
 * which tokens may be bound to (RFC 8705 §6.2).
 *
 * Read it anew for each request: a client may show another certificate while the connection lasts.
 */
export function clientCertificateOf(socket: Socket | null | undefined): Uint8Array | undefined {
  // Of HTTP/2 too: the socket of a request stands for that of its session.
  return (socket as Partial<TLSSocket> | null | undefined)?.getPeerCertificate?.()?.raw
}
