/** Servers that run while the configurations are tried. */
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createIntrospectionHandler, createMemoryTokenStore } from '@token-introspection/server'
import { toNodeHandler } from '@token-introspection/server/node'
import { findFreePort } from '../../../../core/test/find-free-port.ts'
import { createCertificate } from '../../certificates.ts'
import { serveTls } from '../../tls-server.ts'

/** The audience of the token `good`. */
export const AUDIENCE = 'https://orders.example.com'

/** Addresses of servers that run while the configurations are tried. */
export interface Place extends AsyncDisposable {
  /** An authorization server whose issuer is `http://127.0.0.1:PORT/realms/main`. */
  readonly http: string
  /** A server with a certificate that nobody trusts. */
  readonly https: string
  /** A port where nothing listens. */
  readonly nowhere: string
}

/** Starts the servers. */
export async function openPlace(): Promise<Place> {
  const nowhere = `127.0.0.1:${await findFreePort()}`
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const http = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const store = createMemoryTokenStore()
  const now = Math.floor(Date.now() / 1000)
  await store.save('good', {
    kind: 'access_token',
    sub: 'alice',
    scope: 'orders:read',
    aud: AUDIENCE,
    iat: now,
    exp: now + 600,
  })
  const handler = createIntrospectionHandler({
    issuer: `${http}/realms/main`,
    allowHttpOnLoopback: true,
    clientAuthentication: {
      protectedResources: [{ id: 'orders-api', clientSecrets: ['s3cr3t'], audiences: [AUDIENCE] }],
    },
    lookup: { store },
    onWarning: false,
  })
  const introspect = toNodeHandler(handler)
  server.on('request', (request, response) => {
    const { url } = request
    if (url === '/introspect') introspect(request, response)
    else if (url === '/.well-known/oauth-authorization-server/realms/main') {
      const metadata = { issuer: `${http}/realms/main`, ...handler.metadata({ url: `${http}/introspect` }) }
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(metadata))
    } else if (url === '/html') {
      response.writeHead(200, { 'content-type': 'text/html' }).end('<html>Sign in</html>')
    } else if (url === '/redirect') response.writeHead(302, { location: '/login' }).end()
    else response.writeHead(404, { 'content-type': 'text/html' }).end('<h1>404</h1>')
  })
  const tls = await serveTls(createCertificate('127.0.0.1'))
  return {
    http,
    https: `https://127.0.0.1:${tls.port}`,
    nowhere: `http://${nowhere}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await once(server.close(), 'close')
      await tls[Symbol.asyncDispose]()
    },
  }
}
