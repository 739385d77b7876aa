/** An API over TLS that accepts bound tokens: a thief who has only the token cannot use it. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer, type Server } from 'node:https'
import {
  type ActiveIntrospectionResult,
  IntrospectionClient,
  selfSignedTlsClientAuth,
} from '@token-introspection/client'
import { nodeGuard } from '@token-introspection/client/node'
import type { Certificate } from './create-certificate.ts'

/** The settings of the API. */
export interface ApiSettings {
  readonly issuer: string
  /** The origin under which clients reach the API. Their DPoP proofs name it. */
  readonly origin: string
  readonly certificate: Certificate
  /** The certificate of the authorization server, which no public authority has signed. */
  readonly trusted: string
}

/** Creates the client and the server of the API. The server does not listen yet. */
export function createApi({ issuer, origin, certificate, trusted }: ApiSettings) {
  const introspection = new IntrospectionClient({
    issuer,
    clientAuthentication: selfSignedTlsClientAuth('orders-api'),
    transport: { tls: { ...certificate, ca: trusted } },
    policy: { audience: 'https://orders.example.com', certificate: true, dpop: { origin } },
  })
  // A token that is bound to a key or a certificate needs its proof. A bearer token passes, too.
  const mayRead = nodeGuard(introspection.guard({ scope: 'orders:read' }), answer)
  // Here no bearer token passes.
  const mayPay = nodeGuard(introspection.guard({ scope: 'orders:pay', senderConstraint: 'any' }), answer)

  const server: Server = createServer(
    // Clients without a certificate may connect: their tokens may be bound to a key, or not at all.
    { ...certificate, requestCert: true, rejectUnauthorized: false },
    (request, response) => (request.method === 'POST' ? mayPay : mayRead)(request, response),
  )
  return { introspection, server }
}

function answer({ method }: IncomingMessage, response: ServerResponse, { sub }: ActiveIntrospectionResult): void {
  response.end(`${method} for ${sub}`)
}
