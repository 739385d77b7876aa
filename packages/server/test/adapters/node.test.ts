/** The Node form after body parsers, with impatient senders, and after other middleware. */
import { once } from 'node:events'
import { Agent, type IncomingMessage, request as httpRequest, type ServerOptions } from 'node:http'
import type { Socket } from 'node:net'
import { parse } from 'node:querystring'
import { text } from 'node:stream/consumers'
import { describe, expect, test } from 'vitest'
import { toNodeHandler } from '../../src/adapters/node.ts'
import type { IntrospectionHandlerEvent, RequestBody } from '../../src/index.ts'
import {
  ACTIVE,
  basic,
  type Changes,
  createEndpoint,
  FORM,
  json,
  post,
  SECRET,
  token,
  type WireRequest,
  type WireResponse,
} from '../endpoint.ts'
import { dial, exchange, listen, portOf, readResponse } from '../path/forms.ts'

const encoded = `token=${token('active')}`

/** Sends a request through middleware that may read the body and set properties of the request. */
async function sendAfter(
  middleware: (request: IncomingMessage & { body?: unknown; rawBody?: unknown }) => unknown,
  request: WireRequest,
  changes?: Changes,
): Promise<WireResponse> {
  const { handler } = await createEndpoint(changes)
  const listener = toNodeHandler(handler)
  const server = await listen((message, response) => {
    void Promise.resolve(middleware(message)).then(() => listener(message, response))
  })
  return await exchange(dial(server), request)
}

/** Parses the body like `express.urlencoded({ extended: false })`. */
async function urlencoded(message: IncomingMessage & { body?: unknown }): Promise<void> {
  message.body = parse(await text(message))
}

async function plainText(message: IncomingMessage & { body?: unknown }): Promise<void> {
  message.body = await text(message)
}

describe('bodies that middleware has parsed', () => {
  test.each<[string, (message: IncomingMessage & { body?: unknown; rawBody?: unknown }) => unknown]>([
    ['an object', urlencoded],
    ['a string', plainText],
    ['a Buffer', async (message) => (message.body = Buffer.from(await text(message)))],
    [
      'rawBody beside an object',
      async (message) => {
        message.rawBody = Buffer.from(await text(message))
        message.body = { token: 'something else' }
      },
    ],
    ['an empty object and the body unread', (message) => (message.body = {})],
    ['null and the body unread', (message) => (message.body = null)],
  ])('are accepted as %s', async (_, middleware) => {
    const response = await sendAfter(middleware, post(`${encoded}&foo=1&foo=2`))
    expect([response.status, json(response)]).toEqual([200, ACTIVE])
  })

  test.each([
    ['a repeated token', `${encoded}&${encoded}`],
    ['a repeated client_id', `${encoded}&client_id=orders-api&client_id=orders-api`],
    ['no token', 'foo=bar'],
    ['nothing', ''],
    ['too many parameters', `${encoded}${Array.from({ length: 64 }, (_, index) => `&x${index}=`).join('')}`],
  ])('are refused with %s', async (_, body) => {
    expect(await sendAfter(urlencoded, post(body))).toMatchObject({ status: 400 })
  })

  test.each([
    ['a nested object', { token: { a: 'b' } }],
    ['a nested object in an unknown parameter', { token: token('active'), foo: { a: 'b' } }],
    ['an array of arrays', { token: [[token('active')]] }],
    ['an array of one, which parsers make of token[]', { token: [token('active')] }],
    ['an empty array', { token: [] }],
    ['a number', { token: 7 }],
    ['null', { token: null }],
  ])('are refused with a token that is %s', async (_, parsed) => {
    const middleware = async (message: IncomingMessage & { body?: unknown }): Promise<void> => {
      await text(message)
      message.body = parsed
    }
    expect(await sendAfter(middleware, post(encoded))).toMatchObject({ status: 400 })
  })

  test.each<[string, (message: IncomingMessage & { body?: unknown }) => unknown]>([
    ['an object', urlencoded],
    ['a string', plainText],
    ['a Buffer', async (message) => (message.body = Buffer.from(await text(message)))],
  ])('over the cap are refused as %s', async (_, middleware) => {
    const request = post(`${encoded}&x=${'a'.repeat(300)}`)
    const changes: Changes = { request: { maxBodyBytes: 256 } }
    expect(await sendAfter(middleware, request, changes)).toMatchObject({ status: 413 })
  })

  test('over the cap are refused as a string that came without a length', async () => {
    const request = post(`${encoded}&x=${'é'.repeat(150)}`, {}, { chunked: true })
    expect(await sendAfter(plainText, request, { request: { maxBodyBytes: 256 } })).toMatchObject({ status: 413 })
  })

  test('still need the media type of a form', async () => {
    const request = post(JSON.stringify({ token: token('active') }), { 'content-type': 'application/json' })
    expect(await sendAfter(urlencoded, request)).toMatchObject({ status: 415 })
  })
})

describe('a response that middleware has wrapped', () => {
  const body = Buffer.alloc(900_000)
  const rows = [
    ['a whole request', post(encoded)],
    ['a request that is answered early', post(body, {}, { chunked: true })],
  ] as const

  test.each(rows)('sends the answer to %s although writeHead returns nothing', async (_, request) => {
    const { handler } = await createEndpoint()
    const listener = toNodeHandler(handler)
    const server = await listen((message, response) => {
      const writeHead = response.writeHead.bind(response) as (...written: unknown[]) => unknown
      response.writeHead = ((...written: unknown[]) => void writeHead(...written)) as never
      listener(message, response)
    })
    expect((await exchange(dial(server), request)).status).toBe(request === rows[0][1] ? 200 : 413)
  })

  test.each(rows)('stays as it is after %s when writeHead ends it', async (_, request) => {
    const { handler } = await createEndpoint()
    const listener = toNodeHandler(handler)
    const errors: unknown[] = []
    const server = await listen((message, response) => {
      response.on('error', (error) => errors.push(error))
      response.writeHead = () => {
        Reflect.deleteProperty(response, 'writeHead')
        return response.writeHead(403, { connection: 'close' }).end()
      }
      listener(message, response)
    })
    const socket = dial(server)
    const closed = new Promise((resolve) => socket.on('close', resolve))
    expect((await exchange(socket, request)).status).toBe(403)
    await closed
    expect(errors).toEqual([])
  })

  test.each(rows)('closes only its connection after %s when writeHead rejects', async (_, request) => {
    const { handler } = await createEndpoint()
    const listener = toNodeHandler(handler)
    const server = await listen((message, response) => {
      response.writeHead = (() => Promise.reject(new Error('not now'))) as never
      listener(message, response)
    })
    const socket = dial(server)
    const closed = new Promise((resolve) => socket.on('close', resolve))
    await exchange(socket, request).catch(() => undefined)
    // An unhandled rejection fails the run.
    await closed
  })

  test.each(
    rows.flatMap(([title, request]) =>
      (['writeHead', 'end'] as const).map((method) => [title, method, request] as const),
    ),
  )('closes only its connection after %s when %s throws', async (_, method, request) => {
    const { handler } = await createEndpoint()
    const listener = toNodeHandler(handler)
    let wrapped = true
    const server = await listen((message, response) => {
      if (wrapped) {
        response[method] = () => {
          throw new Error('not now')
        }
      }
      listener(message, response)
    })
    const socket = dial(server)
    const closed = new Promise((resolve) => socket.on('close', resolve))
    await exchange(socket, request).catch(() => undefined)
    await closed
    wrapped = false
    expect((await exchange(dial(server), post(encoded))).status).toBe(200)
  })
})

describe('a body that middleware has consumed', () => {
  test.each<[string, (message: IncomingMessage & { body?: unknown }) => unknown]>([
    ['read to its end', (message) => text(message)],
    [
      'read in part',
      async (message) => {
        await once(message, 'readable')
        message.read(3)
      },
    ],
    [
      'replaced by a value that is not a form',
      async (message) => {
        await text(message)
        message.body = 7
      },
    ],
  ])('gets 500 at once when it was %s', async (_, middleware) => {
    expect(await sendAfter(middleware, post(encoded))).toMatchObject({ status: 500, body: '{"error":"server_error"}' })
  })
})

/** A server, and a promise of its first event. */
async function startReporting() {
  const { promise: reported, resolve: onEvent } = Promise.withResolvers<IntrospectionHandlerEvent>()
  const { handler } = await createEndpoint({ onEvent })
  return { listener: toNodeHandler(handler), reported }
}

/** The head of a request with a body that stays incomplete. */
const UNFINISHED =
  'POST / HTTP/1.1\r\nhost: a\r\n' +
  `content-type: ${FORM}\r\nauthorization: ${basic('orders-api', SECRET)}\r\ncontent-length: 1000\r\n\r\n${encoded}`

const bodyUnavailable = {
  type: 'refused',
  status: 500,
  error: expect.objectContaining({ code: 'ERR_REQUEST_BODY_UNAVAILABLE' }) as unknown,
}

describe('a sender who goes away', () => {
  test('in the middle of the body ends the request', async () => {
    const { listener, reported } = await startReporting()
    const server = await listen(listener)
    const socket = dial(server)
    socket.write(UNFINISHED)
    await once(server, 'request')
    socket.destroy()
    expect(await reported).toMatchObject(bodyUnavailable)
  })

  test('before the handler is called ends the request at once', async () => {
    const { listener, reported } = await startReporting()
    const server = await listen((message, response) => {
      message.on('close', () => listener(message, response))
    })
    const socket = dial(server)
    socket.write(UNFINISHED)
    await once(server, 'request')
    socket.destroy()
    expect(await reported).toMatchObject(bodyUnavailable)
  })

  test('before the answer does not disturb the server', async () => {
    const asked = Promise.withResolvers<void>()
    const found = Promise.withResolvers<null>()
    const { handler, events } = await createEndpoint({
      lookup: {
        store: {
          find() {
            asked.resolve()
            return found.promise
          },
        },
      },
    })
    const handled = Promise.withResolvers<void>()
    const listener = toNodeHandler({
      async handle(request) {
        const response = await handler.handle(request)
        queueMicrotask(() => queueMicrotask(handled.resolve))
        return response
      },
    })
    const server = await listen(listener)
    const closed = once(server, 'connection').then(([socket]) => once(socket as NodeJS.EventEmitter, 'close'))
    const socket = dial(server)
    socket.write(UNFINISHED.replace('1000', String(encoded.length)))
    await asked.promise
    socket.destroy()
    await closed
    found.resolve(null)
    await handled.promise
    expect(events).toMatchObject([{ type: 'introspected' }])
  })
})

describe('an early answer', () => {
  const large = Buffer.alloc(900_000, 'a')

  test.each([
    ['405', post(large, {}, { method: 'PUT' }), 405],
    ['415', post(large, { 'content-type': 'application/json' }), 415],
    ['413', post(large), 413],
    ['413 to a body without a length', post(large, {}, { chunked: true }), 413],
  ])(
    '%s reaches a sender who is still sending, and then the server closes the connection',
    async (_, request, status) => {
      const { handler } = await createEndpoint()
      const server = await listen(toNodeHandler(handler))
      const socket = dial(server)
      const closed = once(socket, 'close')
      const response = await exchange(socket, request)
      expect(response).toMatchObject({ status, headers: { connection: 'close' } })
      const [hadError] = (await closed) as [boolean]
      expect(hadError).toBe(false)
    },
  )

  test.each([
    ['405', post('', {}, { method: 'PUT' }), 405],
    ['415', post('', { 'content-type': 'application/json' }), 415],
    ['413', post(''), 413],
  ])('%s comes before the body ends, and does not reset a slow sender', async (_, { method, headers }, status) => {
    const { handler } = await createEndpoint()
    const server = await listen(toNodeHandler(handler))
    const socket = dial(server)
    const ended = once(socket, 'end')
    const fields = headers.map(([name, value]) => `${name}: ${value}\r\n`).join('')
    const response = readResponse(socket, method)
    socket.write(`${method} / HTTP/1.1\r\nhost: a\r\n${fields}content-length: 40000\r\n\r\n`)
    expect(await response).toMatchObject({ status, headers: { connection: 'close' } })
    const sent = new Promise<Error | null | undefined>((resolve) => socket.write(Buffer.alloc(20_000), resolve))
    expect(await sent).toBeFalsy()
    // If the server had closed by now, this second half would cause a reset instead of an orderly end.
    socket.write(Buffer.alloc(20_000))
    await ended
  })

  test('reaches a sender who stops sending, and then the server closes the connection', async () => {
    const { handler } = await createEndpoint()
    const server = await listen(toNodeHandler(handler))
    const socket = dial(server)
    const ended = once(socket, 'end')
    const response = readResponse(socket, 'POST')
    socket.write(UNFINISHED.replace(FORM, 'application/json'))
    expect(await response).toMatchObject({ status: 415 })
    await ended
  })

  test('reaches a sender who never stops sending, and then the server closes the connection', async () => {
    const { handler } = await createEndpoint()
    const server = await listen(toNodeHandler(handler))
    const accepted = once(server, 'connection')
    const socket = dial(server)
    const closed = new Promise((resolve) => socket.on('close', resolve))
    const response = readResponse(socket, 'POST')
    socket.write(UNFINISHED.replace('content-length: 1000', 'transfer-encoding: chunked').replace(encoded, ''))
    const chunk = Buffer.concat([Buffer.from('10000\r\n'), Buffer.alloc(65_536, 'a'), Buffer.from('\r\n')])
    const more = (): void => {
      while (!socket.destroyed && socket.write(chunk)) continue
      socket.once('drain', more)
    }
    more()
    expect(await response).toMatchObject({ status: 413 })
    await closed
    const [connection] = (await accepted) as [Socket]
    expect(connection.bytesRead).toBeLessThan(4_000_000)
  })
})

function textOf(body: RequestBody): string {
  return Buffer.from(body as Uint8Array).toString()
}

function addListener(message: IncomingMessage, order: string[]): void {
  message.on('data', (chunk: Buffer) => order.push(`somebody has ${chunk.toString()}`))
}

const HEAD_OF_FORM = `POST / HTTP/1.1\r\nhost: a\r\ncontent-type: ${FORM}\r\n`
const WHOLE = `${HEAD_OF_FORM}content-length: 5\r\n\r\nhello`

/** What happens in which order while a request is read and answered; the rest is sent once the handler has asked for it. */
async function orderOf(
  [first, ...rest]: readonly [string, ...string[]],
  around: (message: IncomingMessage, order: string[], listener: () => void) => void = (_, __, listener) => listener(),
  options: ServerOptions = {},
) {
  const order: string[] = []
  const asked = Promise.withResolvers<void>()
  const closed = Promise.withResolvers<void>()
  const listener = toNodeHandler({
    handle(request) {
      const body = request.readBody(100)
      asked.resolve()
      order.push(body instanceof Promise ? 'waits for the body' : `has ${textOf(body)}`)
      const answer = (octets: RequestBody) => {
        order.push('answers')
        return { status: 200, headers: {}, body: textOf(octets) }
      }
      return body instanceof Promise ? body.then(answer) : answer(body)
    },
  })
  const server = await listen((message, response) => {
    message.on('end', () => order.push('end'))
    message.on('close', () => closed.resolve())
    around(message, order, () => listener(message, response))
  }, options)
  const socket = dial(server)
  const answered = readResponse(socket, 'POST')
  socket.write(first)
  await asked.promise
  for (const part of rest) socket.write(part)
  const { headers, body } = await answered
  await closed.promise
  expect([body, headers['connection']]).toEqual(['hello', 'keep-alive'])
  return { order, socket }
}

describe('the body of a small request', () => {
  test('is there when the handler asks, so that the answer waits for no event; the request still ends and closes', async () => {
    const { order } = await orderOf([WHOLE])
    expect(order).toEqual(['has hello', 'answers', 'end'])
  })

  test('is awaited when it comes after the head', async () => {
    const { order } = await orderOf([`${HEAD_OF_FORM}content-length: 5\r\n\r\n`, 'hel', 'lo'])
    expect(order).toEqual(['waits for the body', 'end', 'answers'])
  })

  test('is awaited when no length says where it ends', async () => {
    const { order } = await orderOf([`${HEAD_OF_FORM}transfer-encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n`])
    expect(order).toEqual(['waits for the body', 'end', 'answers'])
  })

  test('is all of its chunks, where Node lets a length in beside them', async () => {
    const fields = 'content-length: 3\r\ntransfer-encoding: chunked\r\n\r\n'
    const parts = [`${HEAD_OF_FORM}${fields}3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n`] as const
    const { order } = await orderOf(parts, undefined, { insecureHTTPParser: true })
    expect(order).toEqual(['waits for the body', 'end', 'answers'])
  })

  test.each(['utf8', 'latin1', 'hex', 'base64'] as const)(
    'comes as octets, in whole and in parts, after setEncoding of %s',
    async (encoding) => {
      const head = `${HEAD_OF_FORM}content-length: 5\r\n\r\n`
      for (const parts of [[WHOLE], [head, 'hel', 'lo']] as const) {
        const { order } = await orderOf(parts, (message, _, listener) => {
          message.setEncoding(encoding)
          listener()
        })
        expect(order).toEqual(['waits for the body', 'end', 'answers'])
      }
    },
  )

  test('has its limit in octets, also after setEncoding', async () => {
    const { handler } = await createEndpoint({ request: { maxBodyBytes: 256 } })
    const listener = toNodeHandler(handler)
    const server = await listen((message, response) => listener(message.setEncoding('utf8'), response))
    const request = post(`${encoded}&x=${'é'.repeat(150)}`, {}, { chunked: true })
    expect(await exchange(dial(server), request)).toMatchObject({ status: 413 })
  })

  test('also reaches a listener of somebody else, added before or after', async () => {
    const before = await orderOf([WHOLE], (message, order, listener) => {
      addListener(message, order)
      listener()
    })
    expect(before.order).toEqual(['waits for the body', 'somebody has hello', 'end', 'answers'])
    const after = await orderOf([WHOLE], (message, order, listener) => {
      listener()
      addListener(message, order)
    })
    expect(after.order).toEqual(before.order)
  })

  test('leaves the connection to the next request when the handler does not read it', async () => {
    const { handler } = await createEndpoint()
    const socket = dial(await listen(toNodeHandler(handler)))
    for (const sent of [WHOLE.replace(FORM, 'text/plain'), WHOLE, WHOLE.replace('POST', 'PUT')]) {
      const answer = readResponse(socket, 'POST')
      socket.write(sent)
      expect((await answer).headers['connection']).toBe('keep-alive')
    }
  })

  test('leaves the connection to the next request', async () => {
    const { order, socket } = await orderOf([WHOLE])
    const next = readResponse(socket, 'POST')
    socket.write(WHOLE.replace('hello', 'again'))
    expect(await next).toMatchObject({ status: 200, body: 'again' })
    expect(order.filter((told) => told === 'answers')).toHaveLength(2)
  })
})

describe('a connection', () => {
  test('serves one request after the other, also after refusals', async () => {
    const { handler } = await createEndpoint()
    const server = await listen(toNodeHandler(handler))
    let connections = 0
    server.on('connection', () => connections++)
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    const statuses: (number | undefined)[] = []
    for (const { method, headers, body } of [
      post(encoded),
      post('token=x'),
      post(encoded, { authorization: undefined }),
      post('', { 'content-type': 'application/json' }),
      post('', {}, { method: 'GET' }),
      post('', {}, { method: 'HEAD' }),
      post('token=%zz'),
      post(encoded),
    ]) {
      const sent = httpRequest({ port: portOf(server), method, agent, headers: Object.fromEntries(headers) })
      sent.end(body)
      const [response] = (await once(sent, 'response')) as [IncomingMessage]
      await text(response)
      statuses.push(response.statusCode)
    }
    agent.destroy()
    expect(statuses).toEqual([200, 200, 401, 415, 405, 405, 400, 200])
    expect(connections).toBe(1)
  })

  test('serves pipelined requests in their order', async () => {
    const { handler } = await createEndpoint()
    const server = await listen(toNodeHandler(handler))
    const socket = dial(server)
    const head = `POST / HTTP/1.1\r\nhost: a\r\ncontent-type: ${FORM}\r\nauthorization: ${basic('orders-api', SECRET)}\r\n`
    const bodies = [encoded, 'token=', 'token=x']
    socket.end(bodies.map((body) => `${head}content-length: ${body.length}\r\n\r\n${body}`).join(''))
    const received = await text(socket)
    expect(received.match(/HTTP\/1\.1 \d+|"active":\w+/g)).toEqual([
      'HTTP/1.1 200',
      '"active":true',
      'HTTP/1.1 400',
      'HTTP/1.1 200',
      '"active":false',
    ])
  })

  test('carries no body after HEAD, even when Node does not suppress it', async () => {
    const { handler } = await createEndpoint()
    const server = await listen(toNodeHandler(handler), { rejectNonStandardBodyWrites: true })
    const socket = dial(server)
    socket.end('HEAD / HTTP/1.1\r\nhost: a\r\n\r\nHEAD / HTTP/1.1\r\nhost: a\r\ncontent-length: 9\r\n\r\n')
    const received = await text(socket)
    expect(received.split('\r\n').filter((line) => /^[H{]/.test(line))).toEqual([
      'HTTP/1.1 405 Method Not Allowed',
      'HTTP/1.1 405 Method Not Allowed',
    ])
  })

  test('closes when a handler rejects, which its contract forbids', async () => {
    const server = await listen(toNodeHandler({ handle: () => Promise.reject(new Error('a bug')) }))
    await expect(exchange(dial(server), post(encoded))).rejects.toThrow('closed after ""')
  })

  test('stays untouched when middleware has already answered', async () => {
    const { handler, events } = await createEndpoint()
    const handled = Promise.withResolvers<void>()
    const listener = toNodeHandler({
      async handle(request) {
        const answer = await handler.handle(request)
        setImmediate(handled.resolve)
        return answer
      },
    })
    const server = await listen((message, response) => {
      response.writeHead(200, { 'content-length': '8' }).write('too ')
      listener(message, response)
      void handled.promise.then(() => response.end('slow'))
    })
    expect(await exchange(dial(server), post(encoded))).toMatchObject({ status: 200, body: 'too slow' })
    expect(events).toMatchObject([{ type: 'introspected', active: true }])
  })
})
