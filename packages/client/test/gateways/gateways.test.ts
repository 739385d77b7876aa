/** Real gateways ask a handler: the configurations of the guide, with requests that senders might try. */
import { findFreePort } from '../../../core/test/find-free-port.ts'
import { once } from 'node:events'
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { clientSecretBasic, IntrospectionClient } from '@token-introspection/client'
import { createGatewayHandler, type Gateway, toGatewayListener } from '@token-introspection/client/gateway'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { reportMissing } from '../../../server/test/databases/server-process.ts'
import { type Received, send } from '../adapters/send-request.ts'
import { type GatewayCase, passing, refused, type StatusOf, TOKENS, underscored } from './gateway-cases.ts'
import { startCaddy, startEnvoy, startNginx, startTraefik } from './start-gateway.ts'

const audience = 'https://orders.example.com'
const scope = 'orders:read'

const introspection = new IntrospectionClient({
  endpoint: 'https://as.example.com/introspect',
  clientAuthentication: clientSecretBasic('gateway', 's3cr3t'),
  policy: { audience, realm: 'orders' },
  token: { cookie: { name: '__Host-token' } },
  transport: {
    fetch: (_, { body }) => {
      const token = new URLSearchParams(body as string).get('token') ?? ''
      if (token === 'outage')
        return Promise.resolve(new Response(null, { status: 503, headers: { 'retry-after': '7' } }))
      return Promise.resolve(Response.json({ active: true, aud: audience, ...TOKENS[token] }))
    },
  },
})

/** What the guard was asked about, and the requests that the API got. */
let asked: string[] = []
let reached: { target: string; fields: IncomingHttpHeaders; body: string }[] = []
let errors: unknown[] = []
beforeEach(() => {
  asked = []
  reached = []
  errors = []
})

async function listen(listener: RequestListener): Promise<Server & AsyncDisposable & { port: number }> {
  const server = createServer(listener).listen(await findFreePort(), '127.0.0.1')
  await once(server, 'listening')
  return Object.assign(server, { port: (server.address() as AddressInfo).port })
}

const api = await listen((request, response) => void answerOrders(request, response))

async function answerOrders(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = await text(request)
  reached.push({ target: `${request.method} ${request.url}`, fields: request.headers, body })
  response.end('orders')
}

/** Starts the handler for one gateway. */
async function startAuthorizer(gateway: Gateway, pathPrefix?: string) {
  const guard = introspection.guard({
    scope,
    check: (_, request) => asked.push(`${request.method} ${request.url}`) > 0,
  })
  const handler = createGatewayHandler(guard, {
    gateway,
    pathPrefix,
    isTrustedGateway: (address) => address === '127.0.0.1',
    forward: { 'X-Auth-Subject': 'sub', 'X-Auth-Scope': 'scope' },
    onError: (error) => errors.push(error),
  })
  return listen(toGatewayListener(handler))
}

const nginxAuthorizer = await startAuthorizer('nginx')
const caddyAuthorizer = await startAuthorizer('caddy')
const traefikAuthorizer = await startAuthorizer('traefik')
const envoyAuthorizer = await startAuthorizer('envoy', '/authorize')
const nginx = await startNginx({ api: api.port, authorizer: nginxAuthorizer.port })
const caddy = await startCaddy({ api: api.port, authorizer: caddyAuthorizer.port })
const traefik = await startTraefik({ api: api.port, authorizer: traefikAuthorizer.port })
const envoy = await startEnvoy({ api: api.port, authorizer: envoyAuthorizer.port })
if (nginx === undefined) reportMissing('the tests of nginx as a gateway', 'nginx')
for (const [name, gateway] of Object.entries({ caddy, traefik, envoy })) {
  if (gateway === undefined) console.warn(`the tests of ${name} as a gateway did not run: install ${name}`)
}

afterAll(async () => {
  await Promise.all([nginx?.stop(), caddy?.stop(), traefik?.stop(), envoy?.stop()])
  for (const server of [api, nginxAuthorizer, caddyAuthorizer, traefikAuthorizer, envoyAuthorizer]) {
    server.closeAllConnections()
    server.close()
  }
})

const asItIs: StatusOf = (status) => status
const ofNginx: StatusOf = (status) => (status === 400 ? 401 : status)
/** Envoy counts every 5xx as a failure of the handler. Then it sends `status_on_error`, without the fields of the answer. */
const ofEnvoy: StatusOf = (status) => (status >= 500 ? 503 : status)

describe.each([
  { name: 'nginx', gateway: nginx, authorizer: nginxAuthorizer, statusOf: ofNginx },
  { name: 'Caddy', gateway: caddy, authorizer: caddyAuthorizer, statusOf: asItIs },
  { name: 'Traefik', gateway: traefik, authorizer: traefikAuthorizer, statusOf: asItIs },
  { name: 'Envoy', gateway: envoy, authorizer: envoyAuthorizer, statusOf: ofEnvoy },
])('$name', ({ name: gatewayName, gateway, authorizer, statusOf }) => {
  const removesUnderscored = gatewayName !== 'Traefik'
  const ask = (request: GatewayCase[1]): Promise<Received> => {
    const port = Number(new URL(gateway?.url ?? '').port)
    return send({ address: () => ({ port }) } as unknown as Server, request)
  }

  const removed = removesUnderscored ? underscored : []
  test.skipIf(gateway === undefined).each([...passing, ...removed])('passes on %s', async (_, request, expected) => {
    const { status, seen } = expected
    const received = await ask(request)
    expect([received.status, reached.length, errors]).toEqual([status, 1, []])
    const target = `${request.method ?? 'GET'} /v1/orders${request.query ?? ''}`
    expect([asked, reached[0]?.target, reached[0]?.body]).toEqual([[target], target, request.body ?? ''])
    // Some gateways send an empty field in place of none.
    for (const [name, value] of Object.entries(seen ?? {})) {
      expect([name, reached[0]?.fields[name] || undefined]).toEqual([name, value])
    }
  })

  const kept = underscored.map(([title, request]): GatewayCase => [title, request, { status: 400 }])
  const refusedHere = removesUnderscored ? refused : [...refused, ...kept]
  test.skipIf(gateway === undefined).each(refusedHere)('refuses %s', async (_, request, expected) => {
    const { status, fields } = await ask(request)
    expect([status, reached]).toEqual([statusOf(expected.status), []])
    if (expected.challenge !== undefined) expect(fields['www-authenticate']).toEqual([expected.challenge])
    const { retryAfter } = expected
    expect(fields['retry-after']).toEqual(retryAfter === undefined || statusOf === ofEnvoy ? undefined : [retryAfter])
    expect(errors).toHaveLength(expected.status === 500 ? 1 : 0)
    for (const name of ['x-auth-subject', 'x-auth-scope']) expect(fields[name]).toBeUndefined()
  })

  test.skipIf(gateway === undefined)('passes on nothing while the handler is down', async () => {
    const { port } = authorizer
    authorizer.closeAllConnections()
    authorizer.close()
    await once(authorizer, 'close')
    const { status } = await ask({ fields: [['Authorization', 'Bearer good']] })
    expect([Number(status) >= 500, reached]).toEqual([true, []])
    authorizer.listen(port, '127.0.0.1')
    await once(authorizer, 'listening')
  })
})
