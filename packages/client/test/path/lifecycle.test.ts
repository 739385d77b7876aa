import { clientSecretBasic, IntrospectionClient, type TransportOptions } from '@token-introspection/client'
import { describe, expect, test } from 'vitest'
import { audience, good, issuer, now } from '../hostile-answers.ts'
import { type Exchange, type LoopbackServer, serve } from '../loopback-server.ts'

const clientAuthentication = clientSecretBasic('api', 'secret')

function answerJson({ response }: Exchange, body: object): void {
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}

/** A server with metadata. Its introspection answers wait until the test releases them. */
async function createSlowServer(): Promise<{ server: LoopbackServer; introspected: Promise<void>; letGo: () => void }> {
  const gate = Promise.withResolvers<void>()
  const introspected = Promise.withResolvers<void>()
  const server: LoopbackServer = await serve(async (exchange) => {
    if (exchange.request.url !== '/introspect') {
      return answerJson(exchange, { issuer: server.origin, introspection_endpoint: `${server.origin}/introspect` })
    }
    introspected.resolve()
    await gate.promise
    return answerJson(exchange, { ...good, iss: server.origin })
  })
  return { server, introspected: introspected.promise, letGo: () => gate.resolve() }
}

function createClient(server: LoopbackServer, transport: TransportOptions = {}): IntrospectionClient {
  return new IntrospectionClient({
    issuer: server.origin,
    clientAuthentication,
    transport: { allowHttpOnLoopback: true, ...transport },
    now: () => now * 1000,
  })
}

describe.each([
  ['the default transport', {}],
  ['a fetch', { fetch }],
])('close, over %s', (_name, transport) => {
  test('lets a call finish that has just begun, with discovery', async () => {
    const { server, letGo } = await createSlowServer()
    await using _ = server
    const client = createClient(server, transport)
    letGo()
    const call = client.introspect('a')
    await client.close()
    expect((await call).active).toBe(true)
    expect(server.requests.map((request) => request.url)).toEqual([
      '/.well-known/oauth-authorization-server',
      '/introspect',
    ])
  })

  test('waits for the answer of a call on its way', async () => {
    const { server, introspected, letGo } = await createSlowServer()
    await using _ = server
    const client = createClient(server, transport)
    const order: string[] = []
    const call = client.introspect('a').finally(() => order.push('answered'))
    await introspected
    const closing = client.close().finally(() => order.push('closed'))
    letGo()
    expect((await call).active).toBe(true)
    await closing
    expect(order).toEqual(['answered', 'closed'])
  })

  test('refuses further calls with a TypeError', async () => {
    const { server, letGo } = await createSlowServer()
    await using _ = server
    const client = createClient(server, transport)
    const guard = client.guard({ audience })
    letGo()
    const call = client.introspect('a')
    const closing = client.close()
    const request = new Request('https://api.example.com', { headers: { authorization: 'Bearer a' } })
    await expect(client.introspect('b')).rejects.toThrow(TypeError)
    await expect(guard(request)).rejects.toThrow(TypeError)
    expect((await call).active).toBe(true)
    await closing
    await expect(client.introspect('b')).rejects.toThrow('closed')
    await expect(client.introspect('\0')).rejects.toThrow('closed')
  })

  test('may be called twice, and on a client without calls', async () => {
    const { server, letGo } = await createSlowServer()
    await using _ = server
    const client = createClient(server, transport)
    letGo()
    await client.introspect('a')
    await Promise.all([client.close(), client.close()])
    await client.close()
    const unused = createClient(server, transport)
    await unused.close()
    await unused.close()
  })

  test('runs at the end of an await using block, also with calls on their way', async () => {
    const { server, letGo } = await createSlowServer()
    await using _ = server
    letGo()
    let kept: IntrospectionClient
    {
      await using client = createClient(server, transport)
      kept = client
      expect((await client.introspect('a')).active).toBe(true)
    }
    await expect(kept.introspect('a')).rejects.toThrow('closed')
  })

  test('waits for a call until its deadline, not longer', async () => {
    const { server } = await createSlowServer()
    await using _ = server
    const client = createClient(server, { ...transport, deadlineMs: 60 })
    const call = client.introspect('a')
    const closing = client.close()
    await expect(call).rejects.toMatchObject({ code: 'ERR_TRANSPORT_TIMEOUT' })
    await closing
  })
})

test('releases the connections when the client closes', async () => {
  const { server, letGo } = await createSlowServer()
  await using _ = server
  const client = createClient(server)
  letGo()
  await client.introspect('a')
  expect(await server.connections()).toBeGreaterThan(0)
  await client.close()
  await expect.poll(() => server.connections()).toBe(0)
})

describe('discovery', () => {
  test('takes one request for 100 first calls', async () => {
    const { server, letGo } = await createSlowServer()
    await using _ = server
    await using client = createClient(server)
    letGo()
    const results = await Promise.all(
      Array.from({ length: 100 }, (_none, index) => client.introspect(`token-${index}`)),
    )
    expect(results.every((result) => result.active)).toBe(true)
    expect(server.requests.filter((request) => request.method === 'GET')).toHaveLength(1)
    expect(server.requests.filter((request) => request.method === 'POST')).toHaveLength(100)
  })

  test('goes on for the other calls when the first caller aborts', async () => {
    const found = Promise.withResolvers<void>()
    const asked = Promise.withResolvers<void>()
    const server: LoopbackServer = await serve(async (exchange) => {
      if (exchange.request.method === 'POST') return answerJson(exchange, { ...good, iss: server.origin })
      asked.resolve()
      await found.promise
      return answerJson(exchange, { issuer: server.origin, introspection_endpoint: `${server.origin}/introspect` })
    })
    await using _ = server
    await using client = createClient(server)
    const caller = new AbortController()
    const reason = new Error('gone')
    const first = client.introspect('a', { signal: caller.signal })
    const second = client.introspect('b')
    await asked.promise
    caller.abort(reason)
    await expect(first).rejects.toBe(reason)
    found.resolve()
    expect((await second).active).toBe(true)
    expect(server.requests.map((request) => request.method)).toEqual(['GET', 'POST'])
  })

  test('is tried again soon after it failed', async () => {
    let up = false
    let nowMs = now * 1000
    const server: LoopbackServer = await serve((exchange) => {
      if (!up) return exchange.response.writeHead(503).end()
      if (exchange.request.method === 'POST') return answerJson(exchange, { ...good, iss: server.origin })
      return answerJson(exchange, { issuer: server.origin, introspection_endpoint: `${server.origin}/introspect` })
    })
    await using _ = server
    await using client = new IntrospectionClient({
      issuer: server.origin,
      clientAuthentication,
      transport: { allowHttpOnLoopback: true, retry: false },
      now: () => nowMs,
    })
    const failures = await Promise.allSettled([client.introspect('a'), client.introspect('b')])
    expect(
      failures.map((failure) => failure.status === 'rejected' && (failure.reason as { code: string }).code),
    ).toEqual(['ERR_TRANSPORT_STATUS', 'ERR_TRANSPORT_STATUS'])
    // One attempt for both calls, at both URLs.
    expect(server.requests).toHaveLength(2)
    up = true
    nowMs += 2000
    expect((await client.introspect('a')).active).toBe(true)
  })

  test('ends by the deadline of the call', async () => {
    await using server = await serve(() => undefined)
    await using client = createClient(server, { deadlineMs: 60 })
    await expect(client.introspect('a')).rejects.toMatchObject({ code: 'ERR_TRANSPORT_TIMEOUT' })
  })
})

test('checks the issuer by its own name when the endpoint has another host', async () => {
  const client = new IntrospectionClient({
    issuer,
    endpoint: 'https://internal.example/introspect',
    clientAuthentication,
    transport: {
      fetch: (url) => Promise.resolve(Response.json({ ...good, sub: url })),
    },
    now: () => now * 1000,
  })
  expect(await client.introspect('a')).toMatchObject({ active: true, sub: 'https://internal.example/introspect' })
})

test('close waits until the store of the application has the answer', async () => {
  const { server, letGo } = await createSlowServer()
  await using _ = server
  letGo()
  const stored = Promise.withResolvers<void>()
  const order: string[] = []
  const client = new IntrospectionClient({
    issuer: server.origin,
    clientAuthentication,
    cache: {
      keySecret: 'the same for every process of this API',
      store: {
        get: () => undefined,
        set: () => stored.promise.then(() => void order.push('stored')),
        delete: () => undefined,
        clear: () => undefined,
      },
    },
    // It has no connections that could take time to close.
    transport: { allowHttpOnLoopback: true, fetch },
    now: () => now * 1000,
  })
  await client.introspect('a')
  const closing = client.close().then(() => order.push('closed'))
  setImmediate(stored.resolve)
  await closing
  expect(order).toEqual(['stored', 'closed'])
})
