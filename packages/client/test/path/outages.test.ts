import { findFreePort } from '../../../core/test/find-free-port.ts'
import { once } from 'node:events'
import { type AddressInfo, connect as connectSocket, createServer as createNetServer, type Socket } from 'node:net'
import {
  clientSecretBasic,
  IntrospectionClient,
  type IntrospectionClientEvent,
  type TransportOptions,
} from '@token-introspection/client'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { Agent } from 'undici'
import { holdClock } from '../held-clock.ts'
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
    // A busy machine may need long for an answer that comes.
    transport: { allowHttpOnLoopback: true, deadlineMs: 60_000, ...transport },
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
  test('a reset connection fails no call', async () => {
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

  test('a gateway error is retried once', async () => {
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

  test('a server that stays down gets two requests per call, not more', async () => {
    await using server = await serve(({ response }) => response.writeHead(502).end())
    const { client } = createClient(server, over)
    await using _ = client
    await expect(client.introspect('a')).rejects.toMatchObject({ code: 'ERR_TRANSPORT_STATUS', status: 502 })
    expect(server.requests).toHaveLength(2)
  })

  test('refused credentials are sent once, so that the server does not lock the account (ERR-15)', async () => {
    await using server = await serve(({ response }) => response.writeHead(401).end())
    const { client } = createClient(server, over)
    await using _ = client
    expect(await codeOf(client.introspect('a'))).toBe('ERR_TRANSPORT_UNAUTHORIZED')
    expect(server.requests).toHaveLength(1)
  })
})

/** Replaces the clock of circuits until the end of the test. It moves only when the test moves it. */
function holdCircuitClock(): { advance(ms: number): void } {
  vi.useFakeTimers({ toFake: ['performance'] })
  onTestFinished(() => void vi.useRealTimers())
  return { advance: (ms) => void vi.advanceTimersByTime(ms) }
}

describe('circuitBreaker', () => {
  test('opens for a server that is down, tries it with one request, and closes when that request succeeds', async () => {
    const clock = holdCircuitClock()
    let down = true
    await using server = await serve((exchange) => {
      if (down) exchange.response.writeHead(503).end()
      else answerJson(exchange)
    })
    const circuitBreaker = { failures: 3, windowMs: 0, openMs: 300 }
    const { client, events } = createClient(server, { retry: false, circuitBreaker })
    await using _ = client
    for (let count = 0; count < 3; count++)
      expect(await codeOf(client.introspect(`t${count}`))).toBe('ERR_TRANSPORT_STATUS')
    const shed = await Promise.all(
      Array.from({ length: 500 }, (_none, index) => codeOf(client.introspect(`s${index}`))),
    )
    expect(new Set(shed)).toEqual(new Set(['ERR_TRANSPORT_CIRCUIT_OPEN']))
    // Plus the client's own probe.
    await expect.poll(() => server.requests).toHaveLength(4)
    down = false
    expect(await codeOf(client.introspect('a'))).toBe('ERR_TRANSPORT_CIRCUIT_OPEN')
    // Longer than the circuit stays open at most, because a part of that time is random.
    clock.advance(2 * circuitBreaker.openMs)
    expect(await codeOf(client.introspect('a'))).toBe('answered')
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_none, index) => codeOf(client.introspect(`b${index}`))),
    )
    expect(new Set(answers)).toEqual(new Set(['answered']))
    const changes = events.filter((event) => event.type === 'circuit_changed')
    expect(changes.map((event) => event.state)).toEqual(['open', 'half_open', 'closed'])
    expect(changes[0]).toMatchObject({ endpoint: `${server.origin}/introspect` })
  })

  test('sends one request at a time to a server that is still down', async () => {
    const clock = holdCircuitClock()
    await using server = await serve(({ response }) => response.writeHead(503).end())
    const { client } = createClient(server, {
      retry: false,
      circuitBreaker: { failures: 1, windowMs: 0, openMs: 20, maxOpenMs: 20 },
    })
    await using _ = client
    for (let round = 1; round <= 4; round++) {
      await Promise.all(Array.from({ length: 50 }, (_none, index) => codeOf(client.introspect(`${round}-${index}`))))
      // The first round begins before any failure and takes all places that are not reserved. In each later round one
      // request passes. Whenever the circuit opens, the client probes with a token of its own.
      await expect.poll(() => server.requests).toHaveLength(48 + 1 + 2 * (round - 1))
      clock.advance(40)
    }
  })

  test('stays open as long as Retry-After says, and a guard passes the time on', async () => {
    await using server = await serve(({ response }) => response.writeHead(503, { 'retry-after': '7' }).end())
    const { client } = createClient(server, { circuitBreaker: { failures: 1, windowMs: 0 } })
    await using _ = client
    await codeOf(client.introspect('a'))
    await expect(client.introspect('b')).rejects.toMatchObject({
      code: 'ERR_TRANSPORT_CIRCUIT_OPEN',
      retryAfterSeconds: 7,
    })
    const guard = client.guard({ audience: false })
    const decision = await guard(new Request('https://api.example.com', { headers: { authorization: 'Bearer c' } }))
    expect(decision).toMatchObject({ allowed: false, status: 503, headers: { 'retry-after': '7' } })
    await expect.poll(() => server.requests).toHaveLength(2)
  })

  test('a rate limit of the server fails only the call that met it', async () => {
    await using server = await serve((exchange) => {
      if (exchange.request.body.includes('junk')) exchange.response.writeHead(429, { 'retry-after': '7' }).end()
      else answerJson(exchange)
    })
    const { client } = createClient(server, { circuitBreaker: { failures: 1, windowMs: 0 } })
    await using _ = client
    const guard = client.guard({ audience: false })
    const visit = (token: string) =>
      guard(new Request('https://api.example.com', { headers: { authorization: `Bearer ${token}` } }))
    for (let count = 0; count < 20; count++) {
      const error = { code: 'ERR_TRANSPORT_RATE_LIMITED', retryAfterSeconds: 7 }
      expect(await visit(`junk${count}`)).toMatchObject({ status: 503, headers: { 'retry-after': '7' }, error })
    }
    // It is not retried, and the client goes on asking.
    expect(server.requests.length).toBe(20)
    expect((await visit('good')).allowed).toBe(true)
  })

  describe.each([
    ['answered 503', ({ response }: Exchange) => response.writeHead(503).end()],
    [
      'answered 503 with Retry-After',
      ({ response }: Exchange) => response.writeHead(503, { 'retry-after': '30' }).end(),
    ],
    ['never answered', () => undefined],
    ['cut off', ({ socket }: Exchange) => socket.resetAndDestroy()],
  ])('tokens whose requests are %s', (_name, fail) => {
    // As at 50 tokens a second: five failing tokens before each good one.
    test.each([
      ['the same token each time', () => Array<string>(5).fill('odd')],
      [
        'a new token each time',
        (round: number) => Array.from({ length: 5 }, (_none, index) => `odd-${round}-${index}`),
      ],
    ])('block no other token, when they are %s', async (_which, tokens) => {
      await using server = await serve((exchange) => {
        if (exchange.request.body.includes('token=odd')) fail(exchange)
        else answerJson(exchange)
      })
      const clock = holdClock()
      const { client } = createClient(server, { deadlineMs: 500, maxConcurrentRequests: 64 })
      await using _ = client
      for (let user = 0; user < 60; user++) await client.introspect(`user-${user}`)
      const failed: unknown[] = []
      const seen: unknown[] = []
      for (let user = 0; user < 60; user++) {
        for (const token of tokens(user)) void codeOf(client.introspect(token)).then((code) => failed.push(code))
        seen.push(await codeOf(client.introspect(`user-${user}`)))
        await clock.pass(20)
      }
      expect(seen).toEqual(Array<string>(60).fill('answered'))
      expect(client.statistics().circuits.map(({ state }) => state)).toEqual(['closed'])
      while (failed.length < 300) await clock.pass(20)
      expect(failed).not.toContain('answered')
    })
  })

  test('for unknown tokens does not stop recently active tokens, and their next answer closes it', async () => {
    await using server = await serve((exchange) => {
      if (exchange.request.body.includes('token=odd')) exchange.response.writeHead(503).end()
      else answerJson(exchange)
    })
    const circuitBreaker = { failures: 3, windowMs: 0, openMs: 60_000, maxOpenMs: 60_000 }
    const { client, events } = createClient(server, { retry: false, circuitBreaker })
    await using _ = client
    await client.introspect('user')
    for (let count = 0; count < 3; count++) await codeOf(client.introspect(`odd-${count}`))
    expect(await codeOf(client.introspect('first-seen'))).toBe('ERR_TRANSPORT_CIRCUIT_OPEN')
    expect(await codeOf(client.introspect('user'))).toBe('answered')
    expect(await codeOf(client.introspect('first-seen'))).toBe('answered')
    const changes = events.filter((event) => event.type === 'circuit_changed')
    expect(changes.map(({ tokens, state }) => `${tokens} ${state}`)).toEqual(['unknown open', 'unknown closed'])
  })

  test.each([
    ['', {}],
    [', also when Retry-After asks for a pause', { 'retry-after': '30' }],
  ])("for unknown tokens is closed by the client's own probe%s", async (_, headers) => {
    const clock = holdCircuitClock()
    await using server = await serve((exchange) => {
      if (exchange.request.body.includes('token=odd')) exchange.response.writeHead(503, headers).end()
      else answerJson(exchange, { active: exchange.request.body.includes('token=first-seen') })
    })
    const circuitBreaker = { failures: 1, windowMs: 5000 }
    const { client, events } = createClient(server, { retry: false, circuitBreaker })
    onTestFinished(() => client.close())
    const whenClosed = () => expect.poll(() => client.statistics().circuits).toMatchObject([{ state: 'closed' }])
    // The circuit opens only after a whole window without an answer.
    expect(await codeOf(client.introspect('odd'))).toBe('ERR_TRANSPORT_STATUS')
    for (let round = 0; round < 3; round++) {
      clock.advance(5000)
      expect(await codeOf(client.introspect(`odd-${round}`))).toBe('ERR_TRANSPORT_STATUS')
      await whenClosed()
    }
    expect(await codeOf(client.introspect('first-seen'))).toBe('answered')
    // The probe uses a token that looks like any other.
    const own = expect.stringMatching(/^[\w-]{43}$/) as string
    expect(server.requests.map(({ body }) => new URLSearchParams(body).get('token'))).toEqual([
      'odd',
      'odd-0',
      own,
      'odd-1',
      own,
      'odd-2',
      own,
      'first-seen',
    ])
    const changes = events.filter((event) => event.type === 'circuit_changed')
    expect(changes.map(({ tokens, state }) => `${tokens} ${state}`)).toEqual([
      'unknown open',
      'unknown closed',
      'unknown open',
      'unknown closed',
      'unknown open',
      'unknown closed',
    ])
  })

  test('does not open for status 500, because one malformed token could then block all others', async () => {
    await using server = await serve((exchange) => {
      if (exchange.request.body.includes('evil')) exchange.response.writeHead(500).end()
      else answerJson(exchange)
    })
    const { client } = createClient(server, { circuitBreaker: { failures: 1, windowMs: 0 } })
    await using _ = client
    for (let count = 0; count < 20; count++) {
      expect(await codeOf(client.introspect(`evil${count}`))).toBe('ERR_TRANSPORT_STATUS')
    }
    expect(await codeOf(client.introspect('good'))).toBe('answered')
  })

  test('does not stop answers from the cache', async () => {
    let down = false
    await using server = await serve((exchange) => {
      if (down) exchange.response.writeHead(503).end()
      else answerJson(exchange)
    })
    await using client = new IntrospectionClient({
      endpoint: `${server.origin}/introspect`,
      clientAuthentication: clientSecretBasic('api', clientSecret),
      cache: {},
      transport: { allowHttpOnLoopback: true, retry: false, circuitBreaker: { failures: 1, windowMs: 0 } },
    })
    await client.introspect('known')
    down = true
    await codeOf(client.introspect('a'))
    expect(await codeOf(client.introspect('b'))).toBe('ERR_TRANSPORT_CIRCUIT_OPEN')
    expect((await client.introspect('known')).active).toBe(true)
  })
})

describe('connections that the other side has dropped', () => {
  test('fail no call, however many there are, and open no circuit', async () => {
    await using server = await serve(async (exchange) => {
      await new Promise((resolve) => setImmediate(resolve))
      answerJson(exchange)
    })
    const { port } = new URL(server.origin)
    // A load balancer that resets a forgotten connection when the next octet arrives.
    let generation = 0
    const sockets = new Set<Socket>()
    const balancer = createNetServer((socket) => {
      const born = generation
      const upstream = connectSocket(Number(port), '127.0.0.1')
      for (const end of [socket, upstream]) sockets.add(end.on('error', () => undefined))
      socket.on('data', (octets) => (born === generation ? upstream.write(octets) : socket.resetAndDestroy()))
      upstream.on('data', (octets) => socket.write(octets))
    })
    balancer.listen(0, '127.0.0.1')
    await once(balancer, 'listening')
    const origin = `http://127.0.0.1:${(balancer.address() as AddressInfo).port}`
    const circuitBreaker = { failures: 1, windowMs: 0 }
    const { client, events } = createClient({ origin }, { circuitBreaker })
    await using _ = client
    const round = (name: string) =>
      Promise.all(Array.from({ length: 40 }, (_none, index) => codeOf(client.introspect(`${name}-${index}`))))
    const good = Array<string>(40).fill('answered')
    expect(await round('before')).toEqual(good)
    generation += 1
    expect(await round('after')).toEqual(good)
    expect(await round('once-more')).toEqual(good)
    expect(events.filter((event) => event.type === 'circuit_changed')).toEqual([])
    await client.close()
    for (const socket of sockets) socket.destroy()
    balancer.close()
  })

  test('a server that returns after a moment is reached within the deadline', async () => {
    const lost = await serve(answerJson, '127.0.0.1', await findFreePort())
    const { hostname, port } = new URL(lost.origin)
    await lost[Symbol.asyncDispose]()
    let back: LoopbackServer | undefined
    const { client } = createClient(lost, {
      dispatcher: new Agent().compose((dispatch) => (options, handler) => {
        attempts += 1
        return dispatch(options, handler)
      }),
    })
    await using _ = client
    let attempts = 0
    const asked = codeOf(client.introspect('a'))
    await expect.poll(() => attempts).toBeGreaterThan(0)
    back = await serve(answerJson, hostname, Number(port))
    expect(await asked).toBe('answered')
    await back[Symbol.asyncDispose]()
  })
})

describe('maxConcurrentRequests, maxQueuedRequests', () => {
  test('invented tokens that a server does not answer take no place from recently active tokens', async () => {
    await using server = await serve((exchange) => {
      if (!exchange.request.body.includes('junk')) answerJson(exchange)
    })
    const { client } = createClient(server, { maxConcurrentRequests: 8, maxQueuedRequests: 16 })
    await using _ = client
    for (let user = 0; user < 20; user++) await client.introspect(`user-${user}`)
    const left = new AbortController()
    const junk = Array.from({ length: 100 }, (_none, index) =>
      client.introspect(`junk-${index}`, { signal: left.signal }).catch(() => 'failed'),
    )
    const answers = await Promise.all(
      Array.from({ length: 5 }, (_none, index) => codeOf(client.introspect(`user-${index}`))),
    )
    expect(answers).toEqual(Array<string>(5).fill('answered'))
    expect(client.statistics()).toMatchObject({ underWay: 6 })
    left.abort()
    await Promise.all(junk)
  })

  test('limit requests on their way and waiting calls, and further calls fail at once', async () => {
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
    await expect.poll(() => server.requests.length).toBe(3)
    gate.resolve()
    const codes = await Promise.all(calls)
    expect(codes.filter((code) => code === 'answered')).toHaveLength(8)
    expect(codes.filter((code) => code === 'ERR_TRANSPORT_OVERLOADED')).toHaveLength(12)
    expect(most).toBe(3)
  })

  test('a call that waits too long fails at the deadline, without a request', async () => {
    const gate = Promise.withResolvers<void>()
    const clock = holdClock()
    await using server = await serve(async (exchange) => {
      await clock.pass(60)
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

  test('of an incompatible undici is refused with an error that names the cause', async () => {
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
