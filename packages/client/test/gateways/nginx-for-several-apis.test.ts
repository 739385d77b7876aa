/** The configuration of the guide for nginx in front of several APIs, with a real nginx. */
import { once } from 'node:events'
import { createServer, request as httpRequest, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { clientSecretBasic, IntrospectionClient } from '@token-introspection/client'
import { createGatewayHandler, toGatewayListener } from '@token-introspection/client/gateway'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { reportMissing } from '../../../server/test/databases/server-process.ts'
import { startNginx } from './start-gateway.ts'

const audience = 'https://api.example.com'
const introspection = new IntrospectionClient({
  endpoint: 'https://as.example.com/introspect',
  clientAuthentication: clientSecretBasic('gateway', 's3cr3t'),
  policy: { audience },
  transport: {
    fetch: () => Promise.resolve(Response.json({ active: true, aud: audience, scope: 'orders:read' })),
  },
})

/** The paths at which nginx asked, and the requests that an API got. */
let asked: (string | undefined)[] = []
let reached: (string | undefined)[] = []
beforeEach(() => {
  asked = []
  reached = []
})

function authorize(scope: string): RequestListener {
  const handler = createGatewayHandler(introspection.guard({ scope }), {
    gateway: 'nginx',
    isTrustedGateway: (address) => address === '127.0.0.1',
  })
  return toGatewayListener(handler)
}

const handlers: Readonly<Record<string, RequestListener>> = {
  '/orders': authorize('orders:read'),
  '/invoices': authorize('invoices:read'),
}
const authorizer = createServer({ maxHeaderSize: 65_536 }, (request, response) => {
  asked.push(request.url)
  handlers[request.url ?? '']?.(request, response)
}).listen(0, '127.0.0.1')
const api = createServer((request, response) => {
  reached.push(request.url)
  response.end(request.headers.authorization ?? 'no token')
}).listen(0, '127.0.0.1')
await Promise.all([once(authorizer, 'listening'), once(api, 'listening')])
const ports = {
  api: (api.address() as AddressInfo).port,
  authorizer: (authorizer.address() as AddressInfo).port,
}
const nginx = await startNginx(ports, 'map ')
if (nginx === undefined) reportMissing('the tests of nginx in front of several APIs', 'nginx')
afterAll(async () => {
  await nginx?.stop()
  for (const server of [authorizer, api]) {
    server.closeAllConnections()
    server.close()
  }
})

/** Sends a request with any fields, which `fetch` does not allow. */
async function ask(path: string, method: string, headers: Readonly<Record<string, string>>) {
  const sent = httpRequest(`${nginx?.url}${path}`, { method, headers }).end()
  const [response] = (await once(sent, 'response')) as [{ statusCode: number; headers: object; resume(): void }]
  response.resume()
  return { status: response.statusCode, headers: response.headers }
}

const authorization = 'Bearer a-token'

describe.skipIf(nginx === undefined)('nginx in front of several APIs', () => {
  test('asks the handler of the API, and passes on what that one allows', async () => {
    expect(await ask('/orders/1', 'GET', { authorization })).toMatchObject({ status: 200 })
    expect(await ask('/invoices/1', 'GET', { authorization })).toMatchObject({ status: 403 })
    expect([asked, reached]).toEqual([['/orders', '/invoices'], ['/orders/1']])
  })

  test.each([
    ['https://app.example.com', 'https://app.example.com'],
    ['https://evil.example', undefined],
  ])('answers a preflight from %s without asking anybody', async (origin, allowed) => {
    const fields = { origin, 'access-control-request-method': 'GET' }
    const { status, headers } = await ask('/orders/1', 'OPTIONS', fields)
    expect([status, (headers as Record<string, string>)['access-control-allow-origin']]).toEqual([204, allowed])
    expect([asked, reached]).toEqual([[], []])
  })

  test.each([
    [12, 200],
    [17, 400],
  ])('answers a request with a field of %i KiB with %i', async (kibibytes, status) => {
    const cookie = `a=${'b'.repeat(kibibytes * 1024)}`
    expect(await ask('/orders/1', 'GET', { authorization, cookie })).toMatchObject({ status })
    expect(reached).toHaveLength(status === 200 ? 1 : 0)
  })

  test('has no way to the handler from outside', async () => {
    expect(await ask('/_authorize/orders', 'GET', { authorization })).toMatchObject({ status: 404 })
    expect(asked).toEqual([])
  })
})
