/** The demo's authorization server: our handler on node:http, its metadata, and two routes to play with. */
import { randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage } from 'node:http'
import { text } from 'node:stream/consumers'
import {
  createIntrospectionHandler,
  createMemoryTokenStore,
  createRevocationFeedHandler,
  type ReceiptedTokenStore,
  type TokenRecord,
} from '@token-introspection/server'
import { toNodeHandler } from '@token-introspection/server/node'
import { listen, stop } from './listen.ts'
import { type Exchange, recordExchange } from './record-exchange.ts'

/** A protected resource that may introspect and follow the revocation feed in the demo. */
export interface DemoResource {
  readonly id: string
  readonly secret: string
  readonly audience: string
}

/** The API of most steps. */
export const ORDERS_API: DemoResource = {
  id: 'orders-api',
  secret: 'orders-api-secret',
  audience: 'https://orders.example.com',
}

/** The second API of the step about revocations. */
export const INVOICES_API: DemoResource = {
  id: 'invoices-api',
  secret: 'invoices-api-secret',
  audience: 'https://invoices.example.com',
}

/** An API of the example with Redis. It may read the log in Redis itself. */
export const REPORTS_API: DemoResource = {
  id: 'reports-api',
  secret: 'reports-api-secret',
  audience: 'https://reports.example.com',
}

/** The relay of the example with PostgreSQL. It may follow the feed, and no token is meant for it. */
export const RELAY: DemoResource = {
  id: 'relay',
  secret: 'relay-secret',
  audience: 'https://relay.example.com',
}

/** A running authorization server. */
export interface AuthorizationServer {
  readonly issuer: string
  /** Issues an opaque access token. Members that you leave out get values that make it good for the orders API. */
  issueToken(token?: Partial<TokenRecord>): Promise<string>
  revokeToken(token: string): Promise<void>
  /** Stops listening. The tokens are kept. */
  stop(): Promise<void>
  /** Listens again on the same port. */
  start(): Promise<void>
}

/**
 * Starts the server. It calls `onExchange` with every introspection, as it went over the wire.
 *
 * @param store - a store with `revocationLog`. Default: a memory store.
 */
export async function startAuthorizationServer(
  port: number,
  onExchange: (exchange: Exchange) => void,
  store: ReceiptedTokenStore = createMemoryTokenStore({ revocationLog: true }),
): Promise<AuthorizationServer> {
  const server = createServer()
  const address = await listen(server, port)
  const issuer = `http://127.0.0.1:${address.port}`

  const clientAuthentication = {
    protectedResources: [ORDERS_API, INVOICES_API, REPORTS_API, RELAY].map(({ id, secret, audience }) => ({
      id,
      clientSecrets: [secret],
      audiences: [audience],
    })),
  }
  const introspection = createIntrospectionHandler({
    issuer,
    allowHttpOnLoopback: true,
    clientAuthentication,
    lookup: { store },
  })
  const feed = createRevocationFeedHandler({ issuer, allowHttpOnLoopback: true, clientAuthentication, store })
  const introspect = toNodeHandler(introspection)
  const follow = toNodeHandler(feed)
  const metadata = {
    issuer,
    introspection_endpoint: `${issuer}/introspect`,
    ...feed.metadata({ url: `${issuer}/revocations` }),
  }

  async function issueToken(token: Partial<TokenRecord> = {}): Promise<string> {
    const now = Math.floor(Date.now() / 1000)
    const value = randomBytes(24).toString('base64url')
    await store.save(value, {
      kind: 'access_token',
      client_id: 'web-shop',
      sub: 'alice',
      aud: ORDERS_API.audience,
      scope: 'orders:read',
      iat: now,
      exp: now + 600,
      ...token,
    })
    return value
  }

  server.on('request', (request, response) => {
    switch (request.url?.split('?')[0]) {
      case '/introspect':
        recordExchange(request, response, onExchange)
        return introspect(request, response)
      case '/revocations':
        return follow(request, response)
      case '/.well-known/oauth-authorization-server':
        response.setHeader('content-type', 'application/json')
        return response.end(JSON.stringify(metadata))
      case '/demo/issue':
        return void readForm(request)
          .then((form) => issueToken({ scope: form.get('scope') ?? 'orders:read' }))
          .then((token) => response.end(`${token}\n`))
      case '/demo/revoke':
        return void readForm(request)
          .then((form) => store.revoke(form.get('token') ?? ''))
          .then(() => response.end('revoked\n'))
      default:
        return response.writeHead(404).end()
    }
  })

  return {
    issuer,
    issueToken,
    revokeToken: async (token) => void (await store.revoke(token)),
    stop: () => stop(server),
    start: async () => void (await listen(server, address.port)),
  }
}

async function readForm(request: IncomingMessage): Promise<URLSearchParams> {
  return new URLSearchParams(await text(request))
}
