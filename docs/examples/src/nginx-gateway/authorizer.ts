/** The handler that nginx asks about each request. */
import { createServer, type Server } from 'node:http'
import type { Guard } from '@token-introspection/client'
import { createGatewayHandler, toGatewayListener } from '@token-introspection/client/gateway'

/** Creates the server. It does not listen yet. */
export function createAuthorizer(mayRead: Guard): Server {
  const handler = createGatewayHandler(mayRead, {
    gateway: 'nginx',
    // Nobody else may say what the original request was.
    isTrustedGateway: (address) => address === '127.0.0.1',
    forward: { 'X-Auth-Subject': 'sub', 'X-Auth-Scope': 'scope' },
  })
  return createServer(toGatewayListener(handler))
}
