import { once } from 'node:events'
import { createServer } from 'node:http'
import { type AddressInfo, connect as connectSocket, type Socket } from 'node:net'
import {
  clientSecretBasic,
  IntrospectionClient,
  type IntrospectionClientEvent,
  type TransportOptions,
} from '@token-introspection/client'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Agent } from 'undici'
import { createCertificate } from '../certificates.ts'
import { type Exchange, type LoopbackServer, serve } from '../loopback-server.ts'

const clientSecret = 'cl1ent-5ecret'

function answerJson({ response }: Exchange, body: object = { active: true }): void {
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}

function createClient(server: Pick<LoopbackServer, 'origin'>, transport: TransportOptions = {}) {
  const events: IntrospectionClientEvent[] = []
  const client = new IntrospectionClient({
    endpoint: `${server.origin}/introspect?tenant=a`,
    clientAuthentication: clientSecretBasic('api', clientSecret),
    transport: { allowHttpOnLoopback: true, ...transport },
    onEvent: (event) => events.push(event),
  })
  return { client, events }
}

const codeOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => 'answered',
    (error: unknown) => (error as { code: unknown }).code,
  )

describe.each([
  ['undici', {}],
  ['fetch', { fetch }],
])('retry, over %s', (_name, over) => {
  test('a connection that is reset costs nobody an answer', async () => {
    let count = 0
    await using server = await serve((exchange) => {
      count += 1
      if (count === 1) exchange.socket.resetAndDestroy()
      else answerJson(exchange)
    })
    const { client } = createClient(server, over)
    await using _ = client
    expect((await client.introspect('a')).active).toBe(true)
    expect(server.requests).toHaveLength(2)
  })

  test('a gateway that has nobody to ask is asked once more', async () => {
    let count = 0
    await using server = await serve((exchange) => {
      count += 1
      if (count === 1) exchange.response.writeHead(503).end()
      else answerJson(exchange)
    })
    const { client } = createClient(server, over)
    await using _ = client
    expect((await client.introspect('a')).active).toBe(true)
    expect(server.requests).toHaveLength(2)
  })

  test('a server that stays down is asked twice, and no more', async () => {
    await using server = await serve(({ response }) => response.writeHead(502).end())
    const { client } = createClient(server, over)
    await using _ = client
    await expect(client.introspect('a')).rejects.toMatchObject({ code: 'ERR_TRANSPORT_STATUS', status: 502 })
    expect(server.requests).toHaveLength(2)
  })

  test('refused credentials are shown once, so that no account is locked (ERR-15)', async () => {
    await using server = await serve(({ response }) => response.writeHead(401).end())
    const { client } = createClient(server, over)
    await using _ = client
    expect(await codeOf(client.introspect('a'))).toBe('ERR_TRANSPORT_UNAUTHORIZED')
    expect(server.requests).toHaveLength(1)
  })
})

describe('circuitBreaker', () => {
  test('leaves a server that is down alone, tries it with one request, and is over when that works', async () => {
    let down = true
    await using server = await serve((exchange) => {
      if (down) exchange.response.writeHead(503).end()
      else answerJson(exchange)
    })
    const circuitBreaker = { failures: 3, openMs: 60 }
    const { client, events } = createClient(server, { retry: false, circuitBreaker })
    await using _ = client
    for (let count = 0; count < 3; count++)
      expect(await codeOf(client.introspect(`t${count}`))).toBe('ERR_TRANSPORT_STATUS')
    const started = performance.now()
    const shed = await Promise.all(
      Array.from({ length: 500 }, (_none, index) => codeOf(client.introspect(`s${index}`))),
    )
    expect(new Set(shed)).toEqual(new Set(['ERR_TRANSPORT_CIRCUIT_OPEN']))
    expect(performance.now() - started).toBeLessThan(500)
    expect(server.requests).toHaveLength(3)
    down = false
    await expect.poll(() => codeOf(client.introspect('a')), { interval: 10 }).toBe('answered')
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_none, index) => codeOf(client.introspect(`b${index}`))),
    )
    expect(new Set(answers)).toEqual(new Set(['answered']))
    const changes = events.filter((event) => event.type === 'circuit_changed')
    expect(changes.map((event) => event.state)).toEqual(['open', 'half_open', 'closed'])
    expect(changes[0]).toMatchObject({ endpoint: `${server.origin}/introspect` })
  })

  test('sends one request at a time to a server that is still down', async () => {
    await using server = await serve(({ response }) => response.writeHead(503).end())
    const { client } = createClient(server, {
      retry: false,
      circuitBreaker: { failures: 1, openMs: 20, maxOpenMs: 20 },
    })
    await using _ = client
    for (let round = 1; round <= 4; round++) {
      await Promise.all(Array.from({ length: 50 }, (_none, index) => codeOf(client.introspect(`${round}-${index}`))))
      // The first round comes before anything has failed.
      expect(server.requests).toHaveLength(50 + round - 1)
      await new Promise((resolve) => setTimeout(resolve, 30))
    }
  })

  test('is open for as long as the server asks, and a guard passes it on', async () => {
    await using server = await serve(({ response }) => response.writeHead(429, { 'retry-after': '7' }).end())
    const { client } = createClient(server)
    await using _ = client
    await codeOf(client.introspect('a'))
    await expect(client.introspect('b')).rejects.toMatchObject({
      code: 'ERR_TRANSPORT_CIRCUIT_OPEN',
      retryAfterSeconds: 7,
    })
    const guard = client.guard({ audience: false })
    const decision = await guard(new Request('https://api.example.com', { headers: { authorization: 'Bearer c' } }))
    expect(decision).toMatchObject({ allowed: false, status: 503, headers: { 'retry-after': '7' } })
    expect(server.requests).toHaveLength(1)
  })

  test('does not open for a token that breaks the server, which whoever has it could do to everybody', async () => {
    await using server = await serve((exchange) => {
      if (exchange.request.body.includes('evil')) exchange.response.writeHead(500).end()
      else answerJson(exchange)
    })
    const { client } = createClient(server, { circuitBreaker: { failures: 1 } })
    await using _ = client
    for (let count = 0; count < 20; count++) {
      expect(await codeOf(client.introspect(`evil${count}`))).toBe('ERR_TRANSPORT_STATUS')
    }
    expect(await codeOf(client.introspect('good'))).toBe('answered')
  })

  test('answers from the cache go on', async () => {
    let down = false
    await using server = await serve((exchange) => {
      if (down) exchange.response.writeHead(503).end()
      else answerJson(exchange)
    })
    await using client = new IntrospectionClient({
      endpoint: `${server.origin}/introspect`,
      clientAuthentication: clientSecretBasic('api', clientSecret),
      cache: {},
      transport: { allowHttpOnLoopback: true, retry: false, circuitBreaker: { failures: 1 } },
    })
    await client.introspect('known')
    down = true
    await codeOf(client.introspect('a'))
    expect(await codeOf(client.introspect('b'))).toBe('ERR_TRANSPORT_CIRCUIT_OPEN')
    expect((await client.introspect('known')).active).toBe(true)
  })
})

describe('maxConcurrentRequests, maxQueuedRequests', () => {
  test('bound what is under way and what waits, and the rest fails at once', async () => {
    const gate = Promise.withResolvers<void>()
    let atOnce = 0
    let most = 0
    await using server = await serve(async (exchange) => {
      most = Math.max(most, ++atOnce)
      await gate.promise
      atOnce -= 1
      answerJson(exchange)
    })
    const { client } = createClient(server, { maxConcurrentRequests: 3, maxQueuedRequests: 5 })
    await using _ = client
    const calls = Array.from({ length: 20 }, (_none, index) => codeOf(client.introspect(`t${index}`)))
    await expect.poll(() => server.requests.length, { interval: 5 }).toBe(3)
    gate.resolve()
    const codes = await Promise.all(calls)
    expect(codes.filter((code) => code === 'answered')).toHaveLength(8)
    expect(codes.filter((code) => code === 'ERR_TRANSPORT_OVERLOADED')).toHaveLength(12)
    expect(most).toBe(3)
  })

  test('whoever waits too long fails by the deadline, unsent', async () => {
    const gate = Promise.withResolvers<void>()
    await using server = await serve(async (exchange) => {
      await gate.promise
      answerJson(exchange)
    })
    const { client } = createClient(server, { maxConcurrentRequests: 1, deadlineMs: 60 })
    await using _ = client
    const codes = await Promise.all([codeOf(client.introspect('a')), codeOf(client.introspect('b'))])
    expect(codes).toEqual(['ERR_TRANSPORT_TIMEOUT', 'ERR_TRANSPORT_TIMEOUT'])
    gate.resolve()
    expect(server.requests).toHaveLength(1)
  })
})

describe('proxy', () => {
  let proxy: ReturnType<typeof createServer>
  const tunnels: string[] = []
  const sockets = new Set<Socket>()

  beforeAll(async () => {
    proxy = createServer((_request, response) => response.writeHead(500).end())
    proxy.on('connect', (request, client: Socket) => {
      tunnels.push(`${request.url} ${request.headers['proxy-authorization'] ?? ''}`)
      const [host, port] = (request.url as string).split(':')
      const upstream = connectSocket(Number(port), host, () => {
        client.write('HTTP/1.1 200 OK\r\n\r\n')
        upstream.pipe(client).pipe(upstream)
      })
      for (const socket of [client, upstream]) {
        sockets.add(socket)
        socket.on('error', () => undefined)
      }
    })
    proxy.listen(0, '127.0.0.1')
    await once(proxy, 'listening')
  })

  afterAll(() => {
    for (const socket of sockets) socket.destroy()
    proxy.close()
  })

  test('is what requests go through, with its credentials, which the authorization server never sees', async () => {
    const certificate = createCertificate('127.0.0.1')
    const { createServer: createTlsServer } = await import('node:https')
    const seen: unknown[] = []
    const server = createTlsServer(certificate, (request, response) => {
      seen.push(request.headers['proxy-authorization'])
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"active":true}')
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    const { port: proxyPort } = proxy.address() as AddressInfo
    await using client = new IntrospectionClient({
      endpoint: `https://127.0.0.1:${port}/introspect`,
      clientAuthentication: clientSecretBasic('api', clientSecret),
      transport: { proxy: `http://user:pass@127.0.0.1:${proxyPort}`, tls: { ca: certificate.cert } },
    })
    expect((await client.introspect('a')).active).toBe(true)
    expect(tunnels).toEqual([`127.0.0.1:${port} Basic ${btoa('user:pass')}`])
    expect(seen).toEqual([undefined])
    await client.close()
    server.closeAllConnections()
    server.close()
  })

  test('that is not there is an outage', async () => {
    await using client = new IntrospectionClient({
      endpoint: 'https://as.example.com/introspect',
      clientAuthentication: clientSecretBasic('api', clientSecret),
      transport: { proxy: 'http://127.0.0.1:1' },
    })
    expect(await codeOf(client.introspect('a'))).toBe('ERR_TRANSPORT_UNREACHABLE')
  })
})

describe('dispatcher', () => {
  test('is used for every request, and stays open when the client is closed', async () => {
    await using server = await serve(answerJson)
    const agent = new Agent({ connections: 1 })
    let count = 0
    const dispatcher = agent.compose((dispatch) => (options, handler) => {
      count += 1
      return dispatch(options, handler)
    })
    const { client } = createClient(server, { dispatcher })
    expect((await client.introspect('a')).active).toBe(true)
    await client.close()
    expect(count).toBe(1)
    expect(agent.closed).toBe(false)
    await agent.close()
  })

  test('of an undici that is too old is a mistake, by name', async () => {
    await using server = await serve(answerJson)
    const dispatcher = {
      dispatch() {
        throw new Error('invalid onConnect method')
      },
    }
    const { client } = createClient(server, { dispatcher })
    await using _ = client
    await expect(client.introspect('a')).rejects.toThrow(/^transport\.dispatcher: /)
  })
})
