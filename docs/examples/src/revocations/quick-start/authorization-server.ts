// authorization-server.ts
import { createServer } from 'node:http'
import {
  createIntrospectionHandler,
  createMemoryTokenStore,
  createRevocationFeedHandler,
  createRevocationHandler,
} from '@token-introspection/server'
import { toNodeHandler } from '@token-introspection/server/node'
import { createTokenIssuer } from '@token-introspection/server/tokens'

const issuer = 'http://127.0.0.1:8080'
const allowHttpOnLoopback = true // for this page, which runs on one machine
const store = createMemoryTokenStore({ revocationLog: true })
const clientAuthentication = {
  protectedResources: [
    { id: 'orders-api', clientSecrets: ['s3cr3t-of-orders'], audiences: ['https://orders.example.com'] },
    { id: 'invoices-api', clientSecrets: ['s3cr3t-of-invoices'], audiences: ['https://invoices.example.com'] },
  ],
}

const introspection = createIntrospectionHandler({
  issuer,
  allowHttpOnLoopback,
  clientAuthentication,
  lookup: { store },
})
const feed = createRevocationFeedHandler({ issuer, allowHttpOnLoopback, clientAuthentication, store })
const revocation = createRevocationHandler({
  issuer,
  allowHttpOnLoopback,
  clientAuthentication: { clients: [{ id: 'web-shop', clientSecrets: ['s3cr3t-of-web-shop'] }] },
  lookup: { store },
})
const metadata = {
  issuer,
  ...introspection.metadata({ url: `${issuer}/introspect` }),
  ...feed.metadata({ url: `${issuer}/revocations` }),
  ...revocation.metadata({ url: `${issuer}/revoke` }),
}

const handleIntrospection = toNodeHandler(introspection)
const handleFeed = toNodeHandler(feed)
const handleRevocation = toNodeHandler(revocation)
createServer((request, response) => {
  const { pathname } = new URL(request.url ?? '/', issuer)
  if (pathname === '/introspect') handleIntrospection(request, response)
  else if (pathname === '/revocations') handleFeed(request, response)
  else if (pathname === '/revoke') handleRevocation(request, response)
  else if (pathname === '/.well-known/oauth-authorization-server') {
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(metadata))
  } else response.writeHead(404).end()
}).listen(8080, '127.0.0.1')

// Your token endpoint does this. The token is for both APIs.
const { response } = await createTokenIssuer({ store }).issue({
  client_id: 'web-shop',
  sub: 'alice',
  sessionId: 'session-1',
  aud: ['https://orders.example.com', 'https://invoices.example.com'],
  scope: 'read',
  expiresInSeconds: 3600,
})
console.log(`TOKEN=${response.access_token}`)
