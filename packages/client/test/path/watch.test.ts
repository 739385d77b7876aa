import { once } from 'node:events'
import { createServer, get, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import {
  clientSecretBasic,
  IntrospectionClient,
  type IntrospectionClientEvent,
  type IntrospectionClientOptions,
  presentedToken,
  WatchEnded,
} from '@token-introspection/client'
import { toGuardRequest } from '@token-introspection/client/node'
import { createFakeAuthorizationServer } from '@token-introspection/testing'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { type LoopbackServer, serveListener } from '../loopback-server.ts'

function create(options: Partial<IntrospectionClientOptions> = {}) {
  const as = createFakeAuthorizationServer()
  const client = new IntrospectionClient({
    issuer: as.issuer,
    clientAuthentication: clientSecretBasic(as.clientId, as.clientSecret),
    transport: { fetch: as.fetch, retry: false, circuitBreaker: false },
    watch: { everySeconds: 1 },
    ...options,
  })
  return { as, client, policy: { audience: as.audience, scope: 'feed:read' } }
}

/** The timers that keep the process alive. */
function countTimers(): number {
  return process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length
}

function never(): AbortSignal {
  return new AbortController().signal
}

afterEach(() => {
  vi.useRealTimers()
})

/** A server that closes a socket when its token is no longer good. */
async function listen({ client, policy }: ReturnType<typeof create>) {
  const mayConnect = client.guard(policy)
  const sockets = new WebSocketServer({ noServer: true })
  const server = createServer()
  server.on('upgrade', (request: IncomingMessage, socket, head) => {
    void mayConnect(toGuardRequest(request)).then((decision) => {
      if (!decision.allowed) return socket.end(`HTTP/1.1 ${decision.status} Refused\r\nconnection: close\r\n\r\n`)
      return sockets.handleUpgrade(request, socket, head, (webSocket) => {
        const closed = new AbortController()
        webSocket.once('close', () => closed.abort())
        const token = presentedToken(toGuardRequest(request)) ?? ''
        const signal = client.watch(token, { policy, until: closed.signal })
        signal.addEventListener('abort', () => webSocket.close(1008, (signal.reason as WatchEnded).reason))
        webSocket.on('message', () => webSocket.send('pong'))
      })
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    connect(token: string): WebSocket {
      return new WebSocket(`ws://127.0.0.1:${port}`, { headers: { authorization: `Bearer ${token}` } })
    },
    async [Symbol.asyncDispose]() {
      for (const webSocket of sockets.clients) webSocket.terminate()
      server.close()
      await once(server, 'close')
    },
  }
}

describe('a WebSocket', () => {
  test('is closed when its token is revoked, with its neighbours of the same token and no others', async () => {
    const setup = create()
    await using _ = setup.client
    await using server = await listen(setup)
    const { as, client } = setup
    const [bad, good] = [await as.issueToken({ scope: 'feed:read' }), await as.issueToken({ scope: 'feed:read' })]
    const sockets = [server.connect(bad), server.connect(bad), server.connect(good)]
    await Promise.all(sockets.map((socket) => once(socket, 'open')))
    expect(client.statistics().watched).toBe(2)
    const closed = sockets.slice(0, 2).map((socket) => once(socket, 'close') as Promise<[number, Buffer]>)
    await as.revokeToken(bad)
    for (const [code, reason] of await Promise.all(closed)) expect([code, String(reason)]).toEqual([1008, 'inactive'])
    sockets[2]?.send('ping')
    expect(String(((await once(sockets[2] as WebSocket, 'message')) as [Buffer])[0])).toBe('pong')
    expect(client.statistics().watched).toBe(1)
    sockets[2]?.close()
    await expect.poll(() => client.statistics().watched).toBe(0)
  })

  test('is not opened with a bad token', async () => {
    const setup = create()
    await using _ = setup.client
    await using server = await listen(setup)
    const socket = server.connect(await setup.as.issueToken({ scope: 'other' }))
    const [error] = (await once(socket, 'error')) as [Error]
    expect(error.message).toContain('403')
  })
})

/** A server that writes events until the token is no longer good, or the reader leaves. */
function stream({ client, policy }: ReturnType<typeof create>): Promise<LoopbackServer> {
  const mayRead = client.guard(policy)
  return serveListener((request, response) => {
    void mayRead(toGuardRequest(request)).then((decision) => {
      if (!decision.allowed) return response.writeHead(decision.status, decision.headers).end()
      const closed = new AbortController()
      response.once('close', () => closed.abort())
      const token = presentedToken(toGuardRequest(request)) ?? ''
      const signal = client.watch(token, { policy, until: closed.signal })
      signal.addEventListener('abort', () =>
        response.end(`event: ended\ndata: ${(signal.reason as WatchEnded).reason}\n\n`),
      )
      return response.writeHead(200, { 'content-type': 'text/event-stream' }).write('data: hello\n\n')
    })
  })
}

async function read(origin: string, token: string) {
  const [response] = (await once(get(origin, { headers: { authorization: `Bearer ${token}` } }), 'response')) as [
    IncomingMessage,
  ]
  return response
}

describe('an event stream', () => {
  test('ends when its token is revoked', async () => {
    const setup = create()
    await using _ = setup.client
    await using server = await stream(setup)
    const token = await setup.as.issueToken({ scope: 'feed:read' })
    const response = await read(server.origin, token)
    await setup.as.revokeToken(token)
    expect(await text(response)).toBe('data: hello\n\nevent: ended\ndata: inactive\n\n')
  })

  test('ends when its token expires', async () => {
    const setup = create()
    await using _ = setup.client
    await using server = await stream(setup)
    const exp = Math.floor(Date.now() / 1000) + 2
    const response = await read(server.origin, await setup.as.issueToken({ scope: 'feed:read', exp }))
    expect(await text(response)).toContain('data: expired')
  })

  test('stops its watch when its reader leaves', async () => {
    const setup = create()
    await using _ = setup.client
    await using server = await stream(setup)
    const response = await read(server.origin, await setup.as.issueToken({ scope: 'feed:read' }))
    expect(setup.client.statistics().watched).toBe(1)
    response.destroy()
    await expect.poll(() => setup.client.statistics().watched).toBe(0)
  })
})

async function text(response: IncomingMessage): Promise<string> {
  let all = ''
  for await (const chunk of response) all += String(chunk)
  return all
}

describe('watch', () => {
  test('stores its answers in the cache, and starts from an answer there', async () => {
    vi.useFakeTimers({ now: Date.now(), toFake: ['Date', 'performance', 'setTimeout', 'clearTimeout'] })
    const { as, client, policy } = create({ cache: { maxAgeSeconds: 30 }, watch: { everySeconds: 10 } })
    await using _ = client
    const token = await as.issueToken({ scope: 'feed:read' })
    await client.introspect(token)
    const signal = client.watch(token, { policy, until: never() })
    await vi.advanceTimersByTimeAsync(0)
    expect(as.introspectionCount).toBe(1)
    await as.revokeToken(token)
    await vi.advanceTimersByTimeAsync(10_000)
    expect(signal.reason).toMatchObject({ reason: 'inactive' })
    expect(await client.introspect(token)).toEqual({ active: false })
    expect(as.introspectionCount).toBe(2)
  })

  test('is reported like any other call', async () => {
    const events: IntrospectionClientEvent[] = []
    const { as, client, policy } = create({ onEvent: (event) => events.push(event) })
    await using _ = client
    as.outage(503)
    const onError = vi.fn()
    client.watch(await as.issueToken(), { policy, until: never(), onError })
    await expect.poll(() => events).toMatchObject([{ type: 'failed', source: 'endpoint' }])
    expect(onError).toHaveBeenCalledWith((events[0] as { error?: unknown }).error)
  })

  test('ends when the client closes, and a closed client starts no watch', async () => {
    const { as, client, policy } = create()
    const token = await as.issueToken({ scope: 'feed:read' })
    const signal = client.watch(token, { policy, until: never() })
    const closing = client.close()
    expect(signal.reason).toBeInstanceOf(WatchEnded)
    expect(signal.reason).toMatchObject({ reason: 'unchecked' })
    await closing
    expect(() => client.watch(token, { policy, until: never() })).toThrow('closed')
  })

  test('requires a string as token', () => {
    const { client, policy } = create()
    expect(() => client.watch(undefined as unknown as string, { policy, until: never() })).toThrow(TypeError)
  })

  test('ends for a token that no server could have issued, without a request', async () => {
    const { as, client, policy } = create()
    const signal = client.watch('a\u0000b', { policy, until: never() })
    await expect.poll(() => signal.reason as unknown).toMatchObject({ reason: 'inactive' })
    expect(as.introspectionCount).toBe(0)
  })

  test('does not keep the process alive', async () => {
    const { as, client, policy } = create()
    const token = await as.issueToken({ scope: 'feed:read' })
    await client.introspect(token)
    const before = countTimers()
    client.watch(token, { policy, until: never() })
    await expect.poll(() => as.introspectionCount).toBe(2)
    expect(countTimers()).toBeLessThanOrEqual(before)
    await client.close()
  })

  test('gives its reason in words without the token', async () => {
    const { as, client, policy } = create()
    await using _ = client
    const token = await as.issueToken({ scope: 'other' })
    const signal = client.watch(token, { policy, until: never() })
    await expect.poll(() => signal.aborted).toBe(true)
    expect(() => signal.throwIfAborted()).toThrow('the token lost its scope')
    expect(JSON.stringify(signal.reason)).not.toContain(token)
  })
})

describe('presentedToken', () => {
  test.each([
    ['Bearer abc', 'abc'],
    ['DPoP abc', 'abc'],
    ['bearer abc', 'abc'],
    ['Basic abc', undefined],
    ['Bearer abc, Bearer def', undefined],
    ['', undefined],
    [undefined, undefined],
  ])('of %o is %o', (field, token) => {
    expect(presentedToken({ headers: { get: () => field } })).toBe(token)
  })

  test('reads fields and a cookie when it is told their names', () => {
    const places = { fields: ['X-Token'], cookie: { name: '__Host-token' } }
    const readFrom = (fields: Record<string, string>) => presentedToken({ headers: new Headers(fields) }, places)
    expect(readFrom({ 'x-token': 'Bearer abc' })).toBe('abc')
    expect(readFrom({ cookie: '__Host-token=abc' })).toBe('abc')
    expect(readFrom({ authorization: 'DPoP abc' })).toBe('abc')
    expect(readFrom({ 'x-token': 'abc', cookie: '__Host-token=abc' })).toBeUndefined()
    expect(presentedToken({ headers: new Headers({ cookie: '__Host-token=abc' }) })).toBeUndefined()
    expect(() => presentedToken({ headers: new Headers() }, { cookie: {} as never })).toThrow('places.cookie.name')
  })
})
