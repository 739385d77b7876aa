/** The demo's API: two routes behind guards. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { clientSecretBasic, IntrospectionClient, type IntrospectionClientOptions } from '@token-introspection/client'
import { nodeGuard } from '@token-introspection/client/node'
import { type DemoResource, ORDERS_API } from './authorization-server.ts'
import { listen, stop } from './listen.ts'

/** A running API. */
export interface Api {
  readonly origin: string
  readonly introspection: IntrospectionClient
  stop(): Promise<void>
}

/** Starts an API that trusts the authorization server with this issuer. It remembers no answers unless you set `cache`. */
export async function startApi(
  port: number,
  issuer: string,
  resource: DemoResource = ORDERS_API,
  options: Pick<IntrospectionClientOptions, 'cache' | 'revocations'> = {},
): Promise<Api> {
  const introspection = new IntrospectionClient({
    issuer,
    clientAuthentication: clientSecretBasic(resource.id, resource.secret),
    policy: { audience: resource.audience, realm: 'orders' },
    transport: { allowHttpOnLoopback: true },
    ...options,
  })
  const mayRead = nodeGuard(introspection.guard({ scope: 'orders:read' }))
  const mayWrite = nodeGuard(introspection.guard({ scope: 'orders:write' }))

  async function orders(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const token = await (request.method === 'GET' ? mayRead : mayWrite)(request, response)
    if (token === undefined) return
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify({ orders: ['1 book', '2 pens'], for: token.sub }))
  }

  const server = createServer((request, response) => void orders(request, response))
  const address = await listen(server, port)

  return {
    origin: `http://127.0.0.1:${address.port}`,
    introspection,
    async stop() {
      await stop(server)
      await introspection.close()
    },
  }
}
