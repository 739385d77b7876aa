/** Feeds that lie, stall and break off, over real connections. */
import { bearerTokenProvider, clientSecretBasic, type TransportOptions } from '@token-introspection/client'
import { connectFollower, followFeed, type ReachOptions } from '@token-introspection/client/revocations'
import type { RevocationEvent } from '@token-introspection/core/revocations'
import { revocationVectors } from '@token-introspection/testing'
import { describe, expect, onTestFinished, test } from 'vitest'
import { holdClock } from '../held-clock.ts'
import { type Exchange, serve } from '../loopback-server.ts'
import { sendJson } from './feed-server.ts'

const secret = 'cl1ent-5ecret'
const key = 'iLoNE05pkBYrKXfe'
const never = new AbortController().signal

function event(position: string, previous: string, members: object = {}): RevocationEvent {
  return { position, previous, at: 1, cut: null, kind: 'token', key, ...members }
}

const good = { position: '2.b', events: [event('2.b', '1.a')] }

async function connectTo(
  answer: (exchange: Exchange) => unknown,
  transport: TransportOptions = {},
  others: Partial<ReachOptions> = {},
) {
  const server = await serve(answer)
  onTestFinished(() => server[Symbol.asyncDispose]())
  const connection = connectFollower(followFeed({ url: `${server.origin}/revocations` }), {
    issuer: 'https://as.example.com',
    clientAuthentication: clientSecretBasic('api', secret),
    transport: { allowHttpOnLoopback: true, ...transport },
    ...others,
  })
  onTestFinished(() => connection.close())
  return { server, connection }
}

type Failure = Error & { code?: string; retryAfterSeconds?: number }

const failureOf = (promise: Promise<unknown>): Promise<Failure> =>
  promise.then(
    () => expect.fail('it did not fail'),
    (error: unknown) => error as Failure,
  )

/** Everything that an error tells a logger. */
function shown(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return [error.stack, JSON.stringify(Object.entries(error)), shown(error.cause)].join('\n')
}

function expectNothingLeaks(error: unknown): void {
  for (const secretText of [secret, btoa(`api:${secret}`), key]) expect(shown(error)).not.toContain(secretText)
}

function send(status: number, contentType: string, body: string | Buffer, headers: Record<string, string> = {}) {
  return ({ response }: Exchange) => response.writeHead(status, { 'content-type': contentType, ...headers }).end(body)
}

const page = (value: unknown) => send(200, 'application/json', JSON.stringify(value))
const events = (list: readonly RevocationEvent[]) => page({ position: list.at(-1)?.position ?? '1.a', events: list })
const echo = ({ request, response }: Exchange) =>
  response.writeHead(401, { 'content-type': 'application/json' }).end(
    JSON.stringify({
      error: 'invalid_client',
      error_description: `${String(request.headers['authorization'])} ${secret}`,
    }),
  )

const MALFORMED = 'ERR_RESPONSE_MALFORMED'
const STATUS = 'ERR_TRANSPORT_STATUS'
const UNAUTHORIZED = 'ERR_TRANSPORT_UNAUTHORIZED'
const UNREACHABLE = 'ERR_TRANSPORT_UNREACHABLE'

/** Answers to the question after `1.a`. */
const ANSWERS: readonly [string, string, (exchange: Exchange) => unknown][] = [
  ['an empty body', MALFORMED, send(200, 'application/json', '')],
  ['bad JSON', MALFORMED, send(200, 'application/json', '{"position":"2.b","events":[')],
  ['two documents', MALFORMED, send(200, 'application/json', `${JSON.stringify(good)}${JSON.stringify(good)}`)],
  ['a list', MALFORMED, page([good])],
  ['octets that are not UTF-8', MALFORMED, send(200, 'application/json', Buffer.from([0x7b, 0xff, 0x7d]))],
  ['HTML', MALFORMED, send(200, 'text/html', '<html>Please sign in</html>')],
  ['no media type', MALFORMED, ({ response }) => response.end(JSON.stringify(good))],
  ['a compressed page', MALFORMED, send(200, 'application/json', 'x', { 'content-encoding': 'gzip' })],
  ['no position', MALFORMED, page({ events: [] })],
  ['no events', MALFORMED, page({ position: '1.a' })],
  ['a position of too many characters', MALFORMED, page({ position: 'x'.repeat(65), events: [] })],
  ['a position with other characters', MALFORMED, page({ position: '2.b\n', events: [] })],
  ['a key that is none', MALFORMED, events([event('2.b', '1.a', { key: 'alice@example.com' })])],
  ['a kind that is none', MALFORMED, events([event('2.b', '1.a', { kind: 'everything' })])],
  ['another epoch', MALFORMED, events([event('2.b', '1.z')])],
  ['a duplicate event', MALFORMED, events([event('2.b', '1.a'), event('2.b', '1.a')])],
  ['reordered events', MALFORMED, events([event('3.c', '2.b'), event('2.b', '1.a')])],
  ['a missing event', MALFORMED, events([event('2.b', '1.a'), event('4.d', '3.c')])],
  ['a position beyond the last event', MALFORMED, page({ ...good, position: '9.z' })],
  ['another position without events', MALFORMED, page({ position: '9.z', events: [] })],
  ['events in a gap', MALFORMED, page({ ...good, gap: true })],
  ['more announced and none sent', MALFORMED, page({ position: '1.a', events: [], more: true })],
  [
    'too many events',
    MALFORMED,
    events(Array.from({ length: 4097 }, (_, index) => event(`${index + 2}`, index === 0 ? '1.a' : `${index + 1}`))),
  ],
  ['a huge page', MALFORMED, page({ ...good, padding: 'x'.repeat(1_048_577) })],
  ['a page without an end', MALFORMED, pour('application/json', '', ' '.repeat(16_384))],
  ['a redirect', STATUS, send(307, 'text/plain', '', { location: 'https://elsewhere.example.com/' })],
  ['a redirect of a GET', STATUS, send(302, 'text/plain', '', { location: '/other' })],
  ['204', STATUS, send(204, 'application/json', '')],
  ['404', STATUS, send(404, 'text/html', 'not here')],
  ['429', 'ERR_TRANSPORT_RATE_LIMITED', send(429, 'text/plain', '', { 'retry-after': '7' })],
  ['503', STATUS, send(503, 'application/json', '{}', { 'retry-after': '7' })],
  ['an answer that repeats the credentials', UNAUTHORIZED, echo],
  ['403', UNAUTHORIZED, send(403, 'application/json', '{"error":"unauthorized_client"}')],
  ['a broken connection', UNREACHABLE, ({ socket }) => socket.destroy()],
  [
    'a truncated page',
    UNREACHABLE,
    ({ response, socket }) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' }).write('{"position":')
      setImmediate(() => socket.destroy())
    },
  ],
  ['something else than HTTP', UNREACHABLE, ({ socket }) => socket.end(`+OK ${secret}\r\n`)],
]

/** Writes the same piece again and again, until the connection breaks. */
function pour(contentType: string, head: string, piece: string) {
  return ({ response, socket }: Exchange): void => {
    response.writeHead(200, { 'content-type': contentType }).write(head)
    const more = (): void => {
      if (socket.destroyed) return
      if (response.write(piece)) setImmediate(more)
      else response.once('drain', more)
    }
    more()
  }
}

describe('a question answered with', () => {
  test.each(ANSWERS)('%s fails with %s', async (_, code, answer) => {
    const { server, connection } = await connectTo(answer, { retry: false })
    const error = await failureOf(connection.ask('1.a', never))
    expect(error).toMatchObject({ code })
    expectNothingLeaks(error)
    // Redirects are not followed, and nothing is asked again.
    expect(server.requests).toHaveLength(1)
  })

  test('a byte order mark or unknown members is answered', async () => {
    const { connection } = await connectTo(
      send(200, 'application/json', `\ufeff${JSON.stringify({ ...good, since: 1 })}`),
    )
    expect(await connection.ask('1.a', never)).toEqual({ ...good, gap: false, more: false })
  })

  test.each(revocationVectors.pages)(
    'the page of the vector: $title',
    async ({ after, text, refused, position, events: positions, gap = false, more = false }) => {
      const { connection } = await connectTo(send(200, 'application/json', text))
      const asked = connection.ask(after ?? undefined, never)
      if (refused !== undefined) {
        expect(await failureOf(asked)).toMatchObject({ code: MALFORMED })
        return
      }
      const answer = await asked
      const listed = answer.events.map((each) => each.position)
      expect({ ...answer, events: listed }).toEqual({ position, events: positions, gap, more })
    },
  )

  test('503 tells when to ask again', async () => {
    const { connection } = await connectTo(send(503, 'text/plain', '', { 'retry-after': '7' }))
    expect(await failureOf(connection.ask('1.a', never))).toMatchObject({ retryAfterSeconds: 7, retryable: true })
  })

  test('401 is repeated once with new credentials', async () => {
    let token = 'old'
    const { server, connection } = await connectTo(
      (exchange) => {
        if (exchange.request.headers['authorization']?.[0] === 'Bearer new') return page(good)(exchange)
        token = 'new'
        return send(401, 'application/json', '{"error":"invalid_token"}')(exchange)
      },
      {},
      { clientAuthentication: bearerTokenProvider(() => token) },
    )
    expect(await connection.ask('1.a', never)).toMatchObject(good)
    expect(server.requests).toHaveLength(2)
  })

  test('a part of a page, and no more, fails at the deadline', async () => {
    const clock = holdClock()
    const { connection } = await connectTo(({ response }) => {
      response.writeHead(200, { 'content-type': 'application/json' }).write('{')
    })
    const asked = failureOf(connection.ask('1.a', never))
    await clock.pass(2000)
    expect(await asked).toMatchObject({ code: 'ERR_TRANSPORT_TIMEOUT' })
  })

  test('a lost connection is asked once more over a fresh one', async () => {
    let asked = 0
    const { connection } = await connectTo((exchange) =>
      asked++ === 0 ? exchange.socket.destroy() : sendJson(exchange, good),
    )
    expect(await connection.ask('1.a', never)).toMatchObject(good)
  })

  test('a refusal says whose permission is missing', async () => {
    const { connection } = await connectTo(send(403, 'application/json', '{"error":"unauthorized_client"}'))
    expect((await failureOf(connection.ask('1.a', never))).message).toContain('follow its revocation feed')
  })
})

/** Writes an event stream, and keeps it open. */
function stream(...chunks: (string | Buffer)[]) {
  return ({ response }: Exchange): void => {
    response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' })
    for (const chunk of chunks) response.write(chunk)
  }
}

const message = (value: unknown): string => `data: ${JSON.stringify(value)}\n\n`
const second = { position: '3.c', events: [event('3.c', '2.b')] }

function listenTo(connection: Awaited<ReturnType<typeof connectTo>>['connection'], signal = never) {
  const heard: string[] = []
  const onEvents = (more: readonly RevocationEvent[]): boolean => {
    heard.push(...more.map(({ position }) => position))
    return true
  }
  return { heard, end: connection.listen('1.a', onEvents, signal) }
}

/** Streams, and the events that are heard before the stream fails. */
const STREAMS: readonly [string, string, string[], (exchange: Exchange) => unknown][] = [
  ['bad JSON', MALFORMED, ['2.b'], stream(message(good), 'data: {\n\n')],
  [
    'a page that does not follow',
    MALFORMED,
    ['2.b'],
    stream(message(good), message({ ...second, events: [event('3.c', '2.z')] })),
  ],
  ['a page twice', MALFORMED, ['2.b'], stream(message(good), message(good))],
  ['another epoch', MALFORMED, [], stream(message(second))],
  ['reordered pages', MALFORMED, [], stream(message(second), message(good))],
  ['octets that are not UTF-8', MALFORMED, [], stream(Buffer.from([0xff, 0x0a]))],
  [
    'a page over several lines with a fault',
    MALFORMED,
    [],
    stream('data: {"position":"2.b",\ndata: "events":[{}]}\n\n'),
  ],
  ['a message without an end', MALFORMED, [], pour('text/event-stream', '', `data: ${'x'.repeat(16_384)}\n`)],
  ['a comment without an end', MALFORMED, [], pour('text/event-stream', ':', 'x'.repeat(16_384))],
  ['comments without an end', MALFORMED, [], pour('text/event-stream', '', ': still there\n\n'.repeat(1024))],
  [
    'pages without events and without an end',
    MALFORMED,
    ['2.b'],
    pour('text/event-stream', message(good), message({ position: '2.b', events: [] }).repeat(256)),
  ],
  [
    'a broken connection',
    UNREACHABLE,
    ['2.b'],
    ({ response, socket }) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).write(message(good))
      setImmediate(() => socket.destroy())
    },
  ],
  ['an answer to ask for credentials', UNAUTHORIZED, [], echo],
  ['HTML', MALFORMED, [], send(200, 'text/html', '<html></html>')],
  ['an event stream with another status', STATUS, [], send(201, 'text/event-stream', message(good))],
  ['503', STATUS, [], send(503, 'text/plain', '')],
  ['a page of another epoch', MALFORMED, [], page(second)],
  ['an empty page at once', STATUS, [], page({ position: '1.a', events: [] })],
]

describe.each<[string, TransportOptions]>([
  ['undici', {}],
  ['fetch', { fetch: (url, init) => fetch(url, init) }],
])('a stream over %s', (_, transport) => {
  test.each(STREAMS)('with %s fails with %s', async (_name, code, heardBefore, answer) => {
    const { server, connection } = await connectTo(answer, { ...transport, retry: false })
    const { heard, end } = listenTo(connection)
    const error = await failureOf(end)
    expect(error).toMatchObject({ code })
    expect(heard).toEqual(heardBefore)
    expectNothingLeaks(error)
    expect(server.requests).toHaveLength(1)
    await connection.close()
    // The runtime keeps the connections of its own `fetch`.
    if (transport.fetch === undefined) await expect.poll(() => server.connections()).toBe(0)
  })

  test('that breaks off within a message ends without it', async () => {
    const { connection } = await connectTo(
      ({ response }) =>
        response
          .writeHead(200, { 'content-type': 'text/event-stream' })
          .end(`${message(good)}data: ${JSON.stringify(second)}\n`),
      transport,
    )
    const { heard, end } = listenTo(connection)
    await end
    expect(heard).toEqual(['2.b'])
  })

  test.each(revocationVectors.streams)('is heard as in the vector: $title', async ({ chunks, pages }) => {
    const { connection } = await connectTo(async ({ response }) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      for (const chunk of chunks) {
        response.write(Buffer.from(chunk, 'latin1'))
        await new Promise(setImmediate)
      }
      response.end()
    }, transport)
    const heard: string[] = []
    const onEvents = (more: readonly RevocationEvent[]): boolean => {
      heard.push(...more.map(({ position }) => position))
      return true
    }
    await connection.listen('41.Zk9lYWVhZWFl', onEvents, never)
    expect(heard).toEqual(pages.flatMap(({ events: list }) => list))
  })

  test('that comes octet by octet is heard', async () => {
    const text = `: hi\r\n\r\n${message(good)}event: x\rdata: ${JSON.stringify(second)}\r\r`
    const { connection } = await connectTo(async ({ response }) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      for (const octet of Buffer.from(text)) {
        response.write(Buffer.from([octet]))
        await new Promise(setImmediate)
      }
      response.end()
    }, transport)
    const { heard, end } = listenTo(connection)
    await end
    expect(heard).toEqual(['2.b', '3.c'])
  })

  test('that sends nothing is given up, and one that sends comments is not', async () => {
    const clock = holdClock()
    const responses: Exchange[] = []
    const { connection } = await connectTo((exchange) => {
      stream(': hi\n\n')(exchange)
      responses.push(exchange)
    }, transport)
    const { end } = listenTo(connection)
    const failed = failureOf(end)
    await expect.poll(() => responses).toHaveLength(1)
    let over = false
    void failed.then(() => (over = true))
    for (let count = 0; count < 4; count++) {
      await clock.pass(30_000)
      responses[0]?.response.write(':\n\n')
      await clock.pass(0)
      await new Promise<void>((resolve) => void responses[0]?.socket.write('', () => resolve()))
      await clock.pass(0)
    }
    expect(over).toBe(false)
    await clock.pass(60_000)
    expect(await failed).toMatchObject({ code: 'ERR_TRANSPORT_TIMEOUT' })
    expect((await failed).message).toContain('45 s')
  })

  test('to which nobody answers ends at a deadline', async () => {
    const clock = holdClock()
    const { server, connection } = await connectTo(() => undefined, transport)
    const failed = failureOf(listenTo(connection).end)
    await expect.poll(() => server.requests).toHaveLength(1)
    await clock.pass(22_000)
    expect(await failed).toMatchObject({ code: 'ERR_TRANSPORT_TIMEOUT' })
  })
})
