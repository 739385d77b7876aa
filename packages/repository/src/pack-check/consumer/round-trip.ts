/** An authorization server and a resource server that asks it, over HTTP. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { DatabaseSync } from 'node:sqlite'
import { clientSecretBasic, IntrospectionClient, TransportUnauthorizedError } from '@token-introspection/client'
import { nodeGuard } from '@token-introspection/client/node'
import { createIntrospectionHandler } from '@token-introspection/server'
import { toNodeHandler } from '@token-introspection/server/node'
import { createSqliteTokenStore } from '@token-introspection/server/sqlite'

const AUDIENCE = 'https://orders.example.com'
const servers: Server[] = []

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1')
  await once(server, 'listening')
  servers.push(server)
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

// The store that depends most on the version of Node.
const store = createSqliteTokenStore({ database: new DatabaseSync(':memory:') })
const exp = Math.floor(Date.now() / 1000) + 60
await store.save('good', { kind: 'access_token', sub: 'alice', aud: AUDIENCE, scope: 'orders:read', exp })

const issuer = 'https://as.example.com'
const handler = createIntrospectionHandler({
  issuer,
  clientAuthentication: {
    protectedResources: [{ id: 'orders-api', clientSecrets: ['s3: %+é'], audiences: [AUDIENCE] }],
  },
  lookup: { store },
})
const endpoint = await serve(toNodeHandler(handler))

function createClient(secret: string): IntrospectionClient {
  return new IntrospectionClient({
    issuer,
    endpoint,
    clientAuthentication: clientSecretBasic('orders-api', secret),
    transport: { allowHttpOnLoopback: true },
  })
}

const introspection = createClient('s3: %+é')
const mayRead = nodeGuard(introspection.guard({ audience: AUDIENCE, scope: 'orders:read' }))
const api = await serve((request, response) => {
  void mayRead(request, response).then((token) => token && response.end(`orders of ${token.sub}`))
})

async function get(token: string): Promise<string> {
  const response = await fetch(api, { headers: { authorization: `Bearer ${token}` } })
  return `${response.status} ${await response.text()}`
}

assert.equal(await get('good'), '200 orders of alice')
assert.equal(await get('unknown'), '401 {"error":"invalid_token"}')
assert.deepEqual(await introspection.introspect('unknown'), { active: false })
await store.revoke('good')
assert.equal(await get('good'), '401 {"error":"invalid_token"}')

const stranger = createClient('wrong')
await assert.rejects(stranger.introspect('good'), TransportUnauthorizedError)

await Promise.all([introspection.close(), stranger.close()])
for (const server of servers) server.close()
