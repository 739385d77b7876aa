/** An authorization server over TLS. The API authenticates by its certificate, and no secret exists. */
import { createServer, type Server } from 'node:https'
import { certificateFromSocket, createIntrospectionHandler, type MemoryTokenStore } from '@token-introspection/server'
import { toNodeHandler } from '@token-introspection/server/node'
import { type Certificate, toKeySet } from './create-certificate.ts'

/** The settings of the server. */
export interface ServerSettings {
  readonly issuer: string
  readonly store: MemoryTokenStore
  readonly certificate: Certificate
  /** The certificate of the API, which is registered itself. */
  readonly apiCertificate: Certificate
}

/** Creates the server. It does not listen yet. */
export function createAuthorizationServer({ issuer, store, certificate, apiCertificate }: ServerSettings): Server {
  const introspection = createIntrospectionHandler({
    issuer,
    clientAuthentication: {
      methods: ['self_signed_tls_client_auth'],
      clientCertificate: certificateFromSocket(),
      protectedResources: [
        { id: 'orders-api', jwks: toKeySet(apiCertificate), audiences: ['https://orders.example.com'] },
      ],
    },
    lookup: { store },
  })
  const introspect = toNodeHandler(introspection)
  const metadata = { issuer, ...introspection.metadata({ url: `${issuer}/introspect` }) }
  // The handler compares the certificate of the caller, so TLS need not know who signed it.
  const tls = { ...certificate, requestCert: true, rejectUnauthorized: false }
  return createServer(tls, (request, response) => {
    if (request.url === '/introspect') return introspect(request, response)
    if (request.url !== '/.well-known/oauth-authorization-server') return response.writeHead(404).end()
    return response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(metadata))
  })
}
