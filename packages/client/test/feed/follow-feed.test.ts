import { clientSecretBasic, clientSecretPost, privateKeyJwt, type TransportOptions } from '@token-introspection/client'
import { connectFollower, followFeed, type ReachOptions } from '@token-introspection/client/revocations'
import type { RevocationEvent } from '@token-introspection/core/revocations'
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { generateKeyPair } from 'jose'
import { describe, expect, onTestFinished, test } from 'vitest'
import { type Exchange, serve } from '../loopback-server.ts'
import { type FeedServer, type FeedServerOptions, parametersOf, sendJson, serveFeed } from './feed-server.ts'

const secret = 'cl1ent-5ecret'
const issuer = 'https://as.example.com'
const basic = clientSecretBasic('api', secret)
const never = new AbortController().signal

async function start(options?: FeedServerOptions): Promise<FeedServer> {
  const server = await serveFeed(options)
  onTestFinished(() => server[Symbol.asyncDispose]())
  return server
}

function connect(url: string | undefined, transport: TransportOptions = {}, others: Partial<ReachOptions> = {}) {
  const connection = connectFollower(followFeed(url === undefined ? {} : { url }), {
    issuer,
    clientAuthentication: basic,
    transport: { allowHttpOnLoopback: true, ...transport },
    ...others,
  })
  onTestFinished(() => connection.close())
  return connection
}

/** Listens, and collects what comes. */
function listen(connection: ReturnType<typeof connect>, after: string, take: () => boolean = () => true) {
  const events: RevocationEvent[] = []
  let opened = 0
  const controller = new AbortController()
  const end = connection.listen(
    after,
    (more) => {
      events.push(...more)
      opened += 1
      return more.length === 0 || take()
    },
    controller.signal,
  )
  const outcome = end.then(
    () => 'ended',
    (error: unknown) => error as { code?: string; message: string },
  )
  return { events, opened: () => opened, outcome, abort: (reason: Error) => controller.abort(reason) }
}

const failureOf = (promise: Promise<unknown>): Promise<Error & { code?: string }> =>
  promise.then(
    () => expect.fail('it did not fail'),
    (error: unknown) => error as Error,
  )

/** The ways to send: undici, the `fetch` of the runtime, and a `send` that reads whole answers. */
const WAYS: readonly [string, TransportOptions][] = [
  ['undici', {}],
  ['fetch', { fetch: (url, init) => fetch(url, init) }],
]

describe.each(WAYS)('followFeed over %s', (_, transport) => {
  test('asks with the credentials and fields of the client, uncompressed, and not from a cache', async () => {
    const server = await start()
    server.revoke(3)
    const connection = connect(`${server.url}?tenant=a`, { ...transport, headers: { 'x-tenant': 'b' } })
    const first = server.positionOf(0)
    expect(await connection.ask(first, never)).toEqual(server.pageAfter(first))
    const [request] = server.requests
    expect(request).toMatchObject({ method: 'GET', url: `/revocations?tenant=a&after=${first}`, body: '' })
    expect(request?.headers).toMatchObject({
      accept: ['application/json'],
      'accept-encoding': ['identity'],
      authorization: [`Basic ${btoa(`api:${secret}`)}`],
      'user-agent': ['token-introspection-client'],
      'x-tenant': ['b'],
    })
    expect(request?.headers).not.toHaveProperty('content-type')
  })

  test('asks without a position, and gets the last one', async () => {
    const server = await start()
    server.revoke(2)
    expect(await connect(server.url, transport).ask(undefined, never)).toEqual({
      position: server.positionOf(1),
      events: [],
      gap: false,
      more: false,
    })
    expect(server.requests[0]?.url).toBe('/revocations')
  })

  test('sends everything in a form when the credentials are in the form', async () => {
    const server = await start()
    server.revoke(1)
    const connection = connect(server.url, transport, { clientAuthentication: clientSecretPost('api', secret) })
    const first = await connection.ask(undefined, never)
    await connection.ask(first.position, never)
    expect(server.requests.map(({ method, url }) => [method, url])).toEqual([
      ['POST', '/revocations'],
      ['POST', '/revocations'],
    ])
    expect(Object.fromEntries(server.parametersOf(1))).toEqual({
      client_id: 'api',
      client_secret: secret,
      after: first.position,
    })
    expect(server.requests[1]?.headers['content-type']).toEqual(['application/x-www-form-urlencoded'])
  })

  test('makes an assertion for every question', async () => {
    const server = await start()
    const { privateKey } = await generateKeyPair('ES256')
    const clientAuthentication = privateKeyJwt('api', privateKey, { algorithm: 'ES256' })
    const connection = connect(server.url, transport, { clientAuthentication })
    await connection.ask(undefined, never)
    await connection.ask(undefined, never)
    const assertions = server.requests.map((request) => parametersOf(request).get('client_assertion'))
    expect(new Set(assertions).size).toBe(2)
    expect(assertions[0]).toMatch(/^ey/)
  })

  test('says that the server does not have the position, and that there is more', async () => {
    const server = await start({ pageEvents: 2 })
    const connection = connect(server.url, transport)
    const { position } = await connection.ask(undefined, never)
    server.revoke(5)
    const page = await connection.ask(position, never)
    expect(page).toMatchObject({ more: true, gap: false })
    expect(page.events).toHaveLength(2)
    server.trim(1)
    expect(await connection.ask(page.position, never)).toMatchObject({ gap: true, events: [] })
  })

  test('hears events as they come, and leaves no connection open', async () => {
    const server = await start()
    server.revoke(2)
    const connection = connect(server.url, transport)
    const heard = listen(connection, server.positionOf(0))
    await expect.poll(() => heard.events).toEqual(server.events.slice(1))
    server.revoke(3)
    await expect.poll(() => heard.events).toEqual(server.events.slice(1))
    expect(server.requests[0]?.headers['accept']?.[0]).toMatch(/^text\/event-stream, /)
    const reason = new Error('enough')
    heard.abort(reason)
    expect(await heard.outcome).toBe(reason)
    await expect.poll(() => server.waiting).toBe(0)
  })

  test('says that it listens when the first page has come, also without an event', async () => {
    const server = await start()
    const connection = connect(server.url, transport)
    const { position } = await connection.ask(undefined, never)
    const heard = listen(connection, position)
    await expect.poll(heard.opened).toBe(1)
    expect(heard.events).toEqual([])
    heard.abort(new Error('enough'))
    await heard.outcome
  })

  test('ends when the events do not follow, when the server has a gap, and when the server ends the stream', async () => {
    const server = await start()
    server.revoke(1)
    const first = server.positionOf(0)
    const connection = connect(server.url, transport)
    const refused = listen(connection, first, () => false)
    await expect.poll(() => server.waiting).toBe(1)
    server.revoke(1)
    expect(await refused.outcome).toBe('ended')
    await expect.poll(() => server.waiting).toBe(0)
    expect(await listen(connection, 'never.was').outcome).toBe('ended')
    server.answerWith(({ response }) =>
      response.writeHead(200, { 'content-type': 'text/event-stream' }).end(': bye\n\n'),
    )
    expect(await listen(connection, first).outcome).toBe('ended')
  })

  test('fails everything under way when it is closed', async () => {
    const server = await start()
    const connection = connect(server.url, transport)
    const { position } = await connection.ask(undefined, never)
    const heard = listen(connection, position)
    await expect.poll(() => server.waiting).toBe(1)
    server.answerWith(() => undefined)
    const asked = failureOf(connection.ask(position, never))
    await expect.poll(() => server.requests).toHaveLength(3)
    await connection.close()
    expect(await heard.outcome).toBeInstanceOf(TypeError)
    expect(await asked).toBeInstanceOf(TypeError)
    expect(await failureOf(connection.ask(position, never))).toBeInstanceOf(TypeError)
    expect(await listen(connection, position).outcome).toBeInstanceOf(TypeError)
    await expect.poll(() => server.waiting).toBe(0)
    await expect.poll(() => server.connections()).toBe(0)
  })

  test('waits for an event where the server sends no stream', async () => {
    const server = await start({ streams: false })
    const connection = connect(server.url, transport)
    const { position } = await connection.ask(undefined, never)
    const heard = listen(connection, position)
    await expect.poll(() => server.waiting).toBe(1)
    server.revoke(2)
    expect(await heard.outcome).toBe('ended')
    expect(heard.events).toEqual(server.events)
    expect(server.parametersOf(1).get('wait')).toBe('20')
  })
})

describe('followFeed with a transport that cannot stream', () => {
  test('waits for an event, and does not request a stream', async () => {
    const server = await start()
    const connection = connect(server.url, {
      async send({ url, method, headers, body, cancellation }) {
        const response = await fetch(url, { method, headers, body: body ?? null, signal: cancellation.signal })
        return {
          status: response.status,
          header: (name) => response.headers.get(name) ?? undefined,
          body: new Uint8Array(await response.arrayBuffer()),
        }
      },
    })
    const { position } = await connection.ask(undefined, never)
    const heard = listen(connection, position)
    await expect.poll(() => server.waiting).toBe(1)
    server.revoke(1)
    expect(await heard.outcome).toBe('ended')
    expect(heard.events).toEqual(server.events)
    expect(server.requests[1]?.headers['accept']).toEqual(['application/json'])
  })
})

/** An authorization server with metadata and a feed that answers with its path. */
async function serveMetadata(members: () => Record<string, string>) {
  const server = await serve((exchange) => {
    const { request, response } = exchange
    if (request.url === '/.well-known/oauth-authorization-server') {
      const absolute = Object.entries(members()).map(([name, path]) => [name, `${server.origin}${path}`])
      return sendJson(exchange, { issuer: server.origin, ...Object.fromEntries(absolute) })
    }
    if (request.url === '/revocations') return sendJson(exchange, { position: '0.a', events: [] })
    if (request.url === '/introspect') return sendJson(exchange, { active: true })
    response.writeHead(404).end()
  })
  onTestFinished(() => server[Symbol.asyncDispose]())
  return server
}

describe('the endpoint of followFeed', () => {
  const names = { introspection_endpoint: '/introspect', revocation_feed_endpoint: '/revocations' }

  test('comes from the metadata', async () => {
    const server = await serveMetadata(() => names)
    expect(await connect(undefined, {}, { issuer: server.origin }).ask(undefined, never)).toMatchObject({
      position: '0.a',
    })
  })

  test('is checked like any other endpoint', async () => {
    const server = await serveMetadata(() => names)
    const transport = { allowedEndpointOrigins: ['https://elsewhere.example.com'] }
    const error = await failureOf(connect(undefined, transport, { issuer: server.origin }).ask(undefined, never))
    expect(error).toMatchObject({ code: 'ERR_RESPONSE_UNTRUSTED' })
  })

  test('is named in the error when the metadata lack it, and they are not fetched for it again and again', async () => {
    const server = await serveMetadata(() => ({ introspection_endpoint: '/introspect' }))
    const connection = connect(undefined, {}, { issuer: server.origin })
    for (let count = 0; count < 3; count++) {
      const error = await failureOf(connection.ask(undefined, never))
      expect(error).toMatchObject({ code: 'ERR_TRANSPORT_ENDPOINT_MISSING' })
      expect(error.message).toContain('revocation_feed_endpoint')
    }
    expect(server.requests).toHaveLength(1)
  })

  test.each([
    'http://as.example.com/',
    'ftp://as.example.com/',
    'https://a:b@as.example.com/',
    'https://as.example.com/#a',
    '/feed',
    '',
  ])('is not %j', (url) => {
    expect(() => connect(url)).toThrow(TypeError)
  })

  test('names the option that allows http', () => {
    expect(() => connect('http://feed:8080/')).toThrow("transport.allowHttpOrigins: ['http://feed:8080']")
  })
})

describe('followFeed and introspection', () => {
  test('do not take connections from each other', async () => {
    const held: Exchange[] = []
    const server = await start()
    server.answerWith((exchange) => held.push(exchange))
    const connection = connect(server.url, { maxConcurrentRequests: 1, maxQueuedRequests: 0 })
    const asked = Promise.all([connection.ask('0.a', never), connection.ask('0.a', never)])
    const heard = listen(connection, '0.a')
    await expect.poll(() => held).toHaveLength(3)
    for (const exchange of held) sendJson(exchange, { position: '0.a', events: [] })
    expect(await asked).toHaveLength(2)
    await heard.outcome
  })

  test('do not open circuits for each other', async () => {
    const server = await start()
    server.answerWith(({ response }) => response.writeHead(503).end())
    const connection = connect(server.url, { circuitBreaker: { failures: 1, windowMs: 0 }, retry: false })
    for (let count = 0; count < 3; count++) {
      expect(await failureOf(connection.ask(undefined, never))).toMatchObject({ code: 'ERR_TRANSPORT_STATUS' })
    }
    expect(server.requests).toHaveLength(3)
  })
})

describe('a process that follows a feed', () => {
  test('ends by itself, although the stream is open', async () => {
    const server = await start()
    const program = `
      const { clientSecretBasic } = await import('@token-introspection/client')
      const { connectFollower, followFeed } = await import('@token-introspection/client/revocations')
      const connection = connectFollower(followFeed({ url: '${server.url}' }), {
        issuer: '${issuer}',
        clientAuthentication: clientSecretBasic('api', 'secret'),
        transport: { allowHttpOnLoopback: true },
      })
      const signal = new AbortController().signal
      const { position } = await connection.ask(undefined, signal)
      const heard = new Promise((resolve) => {
        const end = connection.listen(position, (events) => (events.length > 0 && resolve(events.length), true), signal)
        end.catch(() => undefined).finally(() => console.log('the stream has ended'))
      })
      const keepAlive = setInterval(() => undefined, 1000)
      console.log(await heard)
      clearInterval(keepAlive)
    `
    const cwd = fileURLToPath(new URL('../..', import.meta.url))
    const running = promisify(execFile)(process.execPath, ['--input-type=module', '--eval', program], { cwd })
    await expect.poll(() => server.waiting).toBe(1)
    server.revoke(1)
    expect((await running).stdout.trim()).toBe('1')
  })
})
