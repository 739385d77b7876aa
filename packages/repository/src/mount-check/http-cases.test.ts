import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createIntrospectionHandler, createMemoryTokenStore } from '@token-introspection/server'
import { toNodeHandler } from '@token-introspection/server/node'
import { expect, onTestFinished, test } from 'vitest'
import { SECRET, TOKEN } from './endpoint.ts'
import { HTTP_CASES, runCases } from './http-cases.ts'

async function listen(listener: RequestListener): Promise<number> {
  const server = createServer(listener).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => new Promise<void>((resolve) => server.close(() => resolve())))
  return (server.address() as AddressInfo).port
}

/** The endpoint the runtimes serve, on Node. */
async function createHandler() {
  const store = createMemoryTokenStore()
  await store.save(TOKEN, {
    kind: 'access_token',
    sub: 'alice',
    aud: 'urn:orders',
    scope: 'orders:read',
    exp: 4_102_444_800,
  })
  return createIntrospectionHandler({
    issuer: 'https://as.example.com',
    clientAuthentication: {
      protectedResources: [{ id: 'orders-api', clientSecrets: [SECRET], audiences: ['urn:orders'] }],
    },
    lookup: { store },
  })
}

test('accepts the handler on Node', async () => {
  expect(await runCases(await listen(toNodeHandler(await createHandler())), {})).toEqual([])
})

test('reports an exception that does not occur', async () => {
  const exceptions = { HEAD: { status: 204, body: '' } }
  const port = await listen(toNodeHandler(await createHandler()))
  expect(await runCases(port, exceptions)).toEqual(['HEAD: status 405, not 204'])
})

test.each<[string, RequestListener]>([
  ['that calls every token inactive', (_, response) => response.end('{"active":false}')],
  ['without a single field of the answer', (_, response) => response.writeHead(401).end()],
  ['that goes away', (request) => request.socket.destroy()],
])('reports in every case a server %s', async (_, listener) => {
  expect(await runCases(await listen(listener), {})).toHaveLength(HTTP_CASES.length)
})

test('reports an answer that web pages can read, and one that repeats a secret', async () => {
  const handler = toNodeHandler(await createHandler())
  const opened = await listen((request, response) => {
    response.setHeader('access-control-allow-origin', '*')
    handler(request, response)
  })
  const repeating = await listen((request, response) => {
    response.setHeader('x-request', TOKEN)
    handler(request, response)
  })
  expect(await runCases(opened, {})).toContain('an active token: access-control-allow-origin is sent')
  expect(await runCases(repeating, {})).toContain('an active token: the answer repeats what was secret in the request')
})
