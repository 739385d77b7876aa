/** An authorization server over https on loopback, for tests. */
import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { TLSSocket } from 'node:tls'
import type { ServerCertificate } from './certificates.ts'

/** A request over TLS, as it arrived. */
export interface ReceivedTlsRequest {
  readonly headers: IncomingMessage['headers']
  /** The common name in the certificate of the client. */
  readonly certificate: string | undefined
}

/** A server that says about every token that it is active. */
export interface TlsServer extends AsyncDisposable {
  readonly port: number
  readonly requests: readonly ReceivedTlsRequest[]
}

/** Starts it, on a free port or on a Unix socket. */
export async function serveTls(certificate: ServerCertificate, path?: string): Promise<TlsServer> {
  const requests: ReceivedTlsRequest[] = []
  const options = { ...certificate, requestCert: true, rejectUnauthorized: false } as object
  const server = createServer(options, ({ headers, socket }, response) => {
    const { subject } = (socket as TLSSocket).getPeerCertificate() as { subject?: { CN?: string } }
    requests.push({ headers, certificate: subject?.CN })
    response.writeHead(200, { 'content-type': 'application/json' }).end('{"active":true}')
  })
  if (path === undefined) server.listen(0, '127.0.0.1')
  else server.listen(path)
  await once(server, 'listening')
  return {
    port: path === undefined ? (server.address() as AddressInfo).port : 0,
    requests,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await once(server.close(), 'close')
    },
  }
}
