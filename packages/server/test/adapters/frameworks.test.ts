/** One table of requests through every framework, and the behaviour of each framework around it. */
import { once } from 'node:events'
import { Agent, type IncomingMessage, request as httpRequest, type Server } from 'node:http'
import type { Socket } from 'node:net'
import { parse } from 'node:querystring'
import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import formBody from '@fastify/formbody'
import Fastify from 'fastify'
import { type H3Event, readBody } from 'h3'
import type { Context } from 'hono'
import { validator } from 'hono/validator'
import type { Context as KoaContext } from 'koa'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { toFastifyPlugin } from '../../src/adapters/fastify.ts'
import { toNodeHandler } from '../../src/adapters/node.ts'
import type { HttpHandler, IntrospectionHandlerEvent, TokenLookup } from '../../src/index.ts'
import {
  ACTIVE,
  basic,
  createEndpoint,
  FORM,
  form,
  INACTIVE,
  json,
  post,
  SECRET,
  token,
  type WireRequest,
} from '../endpoint.ts'
import { dial, exchange, listen, portOf, readResponse } from '../path/forms.ts'
import { refusedCredentials, takenCredentials } from '../path/introspection-cases/credential-cases.ts'
import { answerFields, common, expectAnswersOf, invalidRequest } from '../path/introspection-cases/expect-answers.ts'
import { active, type Case, encoded } from '../path/introspection-cases/introspection-case.ts'
import { refusedRequests, takenRequests } from '../path/introspection-cases/request-cases.ts'
import { frameworks } from './framework-forms.ts'
import type { FrameworkForm } from './framework-forms/framework-form.ts'
import { honoRequest } from './framework-forms/hono-forms.ts'
import { sendTo, startFrameworkOnce } from './framework-forms/send-to.ts'
import { start } from './framework-forms/start.ts'

const cases: readonly Case[] = [...refusedRequests, ...takenRequests, ...refusedCredentials, ...takenCredentials]

describe.each(frameworks)('$name', (framework) => {
  const exceptions = framework.exceptions ?? {}
  const send = startFrameworkOnce(framework)
  const expectAnswer = expectAnswersOf(send)

  test.each(cases.filter(([title]) => exceptions[title] === undefined))('%s', async (_, ...row) => {
    await expectAnswer(...row)
  })

  test.each(Object.entries(exceptions))('%s: the parser changes the status to %i', async (exception, status) => {
    const [, request, , , changes] = cases.find(([title]) => title === exception) as Case
    const { handler, events } = await createEndpoint(changes)
    expect((await send(handler, request)).status).toBe(status)
    expect(events).toHaveLength(status === 200 ? 1 : 0)
  })

  test.each([
    'token[a]=b',
    'token[a][b]=c',
    'token=a&token=b',
    `token[]=${token('active')}`,
    `token[0]=${token('active')}`,
    `token[]=${token('active')}&token[]=${token('active')}`,
    `token=${token('active')}&token[]=${token('active')}`,
  ])('refuses the form %s', async (body) => {
    // Most parsers keep `token[]` as a name of its own. Then the token is missing, or it is the other parameter.
    const { handler } = await createEndpoint()
    const response = await send(handler, post(body))
    const takes = body.startsWith('token=tkn') && response.status === 200
    if (!takes) expect([response.status, json(response)]).toEqual([400, invalidRequest])
  })

  test.each(['client_secret[]', 'client_secret[0]'])('does not accept %s as a secret', async (name) => {
    const { handler } = await createEndpoint()
    const parameters = { ...active, client_id: 'orders-api', [name]: SECRET }
    const response = await send(handler, post(parameters, { authorization: undefined }))
    expect([400, 401]).toContain(response.status)
  })

  test('answers HEAD without a body', async () => {
    const { handler } = await createEndpoint()
    const response = await send(handler, post('', {}, { method: 'HEAD' }))
    expect(response).toMatchObject({ status: 405, body: '' })
    expect(answerFields(response)).toEqual({ ...common, allow: 'POST' })
  })

  const origin = { origin: 'https://app.example.com' }
  const preflight = { ...origin, 'access-control-request-method': 'POST' }
  test.each([
    ['a preflight', post('', preflight, { method: 'OPTIONS' }), { ...common, allow: 'POST' }],
    ['a POST', post(active, origin), common],
  ])('sends no CORS fields in the answer to %s from another origin', async (_, request, fields) => {
    const { handler } = await createEndpoint()
    expect(answerFields(await send(handler, request))).toEqual(fields)
  })

  test('keeps working when a sender disconnects before the answer', async () => {
    const asked = Promise.withResolvers<void>()
    const found = Promise.withResolvers<null>()
    const { store, events } = await createEndpoint()
    let calls = 0
    const { handler: slow } = await createEndpoint({
      lookup: {
        store: {
          find(digest) {
            if (calls++ > 0) return store.find(digest)
            asked.resolve()
            return found.promise
          },
        },
      },
      onEvent: (event) => void events.push(event),
    })
    const server = await framework.start(slow)
    const closed = once(server, 'connection').then(([socket]) => once(socket as Socket, 'close'))
    const socket = dial(server)
    const [head, body] = headOf(post(active))
    socket.write(head + body)
    await asked.promise
    socket.destroy()
    await closed
    found.resolve(null)
    expect(json(await exchange(dial(server), post(active)))).toEqual(ACTIVE)
    expect(events).toMatchObject([
      { type: 'introspected', active: false },
      { type: 'introspected', active: true },
    ])
  })
})

describe(honoRequest.name, () => {
  const expectAnswer = expectAnswersOf(honoRequest.send)
  test.each(cases)('%s', async (_, ...row) => {
    await expectAnswer(...row)
  })
})

test.each(frameworks.filter(({ web }) => !web))('$name keeps the connection after refusals too', async (framework) => {
  const { handler } = await createEndpoint()
  const server = await framework.start(handler)
  let connections = 0
  server.on('connection', () => connections++)
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  onTestFinished(() => agent.destroy())
  const statuses: (number | undefined)[] = []
  for (const { method, headers, body, target } of [
    post(encoded),
    post(encoded, { authorization: undefined }),
    post('', { 'content-type': 'application/json' }),
    post('', {}, { method: 'GET' }),
    post('', {}, { method: 'HEAD' }),
    post('foo=bar'),
    post(encoded),
  ]) {
    const options = { port: portOf(server), path: target, method, agent, headers: Object.fromEntries(headers) }
    const sent = httpRequest(options).end(body)
    const [response] = (await once(sent, 'response')) as [IncomingMessage]
    await text(response)
    statuses.push(response.statusCode)
  }
  expect(statuses).toEqual([200, 401, 415, 405, 405, 400, 200])
  expect(connections).toBe(1)
})

describe('the signal of a lookup', () => {
  const tellsOf = [
    'Express 5',
    'Express 4',
    'Koa',
    'Fastify',
    'Hono on Node',
    'Hono on Node after parseBody',
    'h3 on Node',
  ]
  const telling: readonly Pick<FrameworkForm, 'name' | 'start'>[] = [
    { name: 'node:http', start: (handler) => listen(toNodeHandler(handler)) },
    ...frameworks.filter(({ name }) => tellsOf.includes(name)),
  ]

  test.each(telling)('is aborted by $name when the sender disconnects', async (framework) => {
    const asked = Promise.withResolvers<void>()
    const aborted = Promise.withResolvers<void>()
    const find = (_: string, lookup?: TokenLookup) =>
      new Promise<null>((_resolve, reject) => {
        lookup?.signal.addEventListener('abort', () => {
          aborted.resolve()
          reject(new Error('given up'))
        })
        asked.resolve()
      })
    const { handler } = await createEndpoint({ lookup: { store: { find } }, timeoutMs: 60_000 })
    const socket = dial(await framework.start(handler))
    const [head, body] = headOf(post(active))
    socket.write(head + body)
    await asked.promise
    socket.destroy()
    await aborted.promise
  })

  test.each(telling)('is not aborted by $name after the answer', async (framework) => {
    const signals: AbortSignal[] = []
    const find = (_: string, lookup?: TokenLookup) => {
      if (lookup !== undefined) signals.push(lookup.signal)
      return null
    }
    const { handler } = await createEndpoint({ lookup: { store: { find } } })
    const server = await framework.start(handler)
    const connected = once(server, 'connection')
    const socket = dial(server)
    expect((await exchange(socket, post(active))).status).toBe(200)
    const [connection] = (await connected) as [Socket]
    const closed = once(connection, 'close')
    socket.destroy()
    await closed
    expect(signals.map(({ aborted }) => aborted)).toEqual([false])
  })
})

describe.each([
  ['empty', []],
  ['undefined', undefined],
])('raw header fields that a serverless platform left %s', (_, rawHeaders) => {
  test.each(frameworks.filter(({ web }) => !web))('do not disturb $name', async (framework) => {
    const { handler } = await createEndpoint()
    const server = await framework.start(handler)
    server.prependListener('request', (request: IncomingMessage) => void Object.assign(request, { rawHeaders }))
    const response = await exchange(dial(server), post(active))
    expect([response.status, json(response)]).toEqual([200, ACTIVE])
  })
})

test.each(frameworks.filter(({ web }) => !web))('$name leaves no listeners behind', async (framework) => {
  const { handler } = await createEndpoint()
  const server = await framework.start(handler)
  const accepted = once(server, 'connection')
  const socket = dial(server)
  const [connection] = (await accepted) as [Socket]
  const counts: number[] = []
  for (let round = 0; round < 12; round++) {
    for (const request of [post(active), post('', { 'content-type': 'text/plain' }), post('', {}, { method: 'GET' })]) {
      await exchange(socket, request)
    }
    // Node removes its own listeners when it notices the end of the request.
    await new Promise((resolve) => setImmediate(resolve))
    counts.push(listenersOf(connection) + listenersOf(server))
  }
  expect(new Set(counts.slice(1)).size).toBe(1)
})

function listenersOf(emitter: NodeJS.EventEmitter): number {
  return emitter.eventNames().reduce((count, name) => count + emitter.listenerCount(name), 0)
}

/** The head and the body of a request, as sent. */
function headOf({ method, target, headers, body }: WireRequest): [head: string, body: string] {
  const fields = headers.map(([name, value]) => `${name}: ${value}\r\n`).join('')
  const head = `${method} ${target} HTTP/1.1\r\nhost: a\r\n${fields}content-length: ${body.byteLength}\r\n\r\n`
  return [head, Buffer.from(body).toString()]
}

/** Starts a framework with some middleware before the endpoint. */
type Start = (handler: HttpHandler) => Promise<Server>

type ExpressRequest = IncomingMessage & { body?: unknown }
type Prepared = (read: (request: ExpressRequest) => unknown) => Start

const expressAfter =
  (which: 'express4' | 'express5'): Prepared =>
  (read) =>
    start[which]((app) =>
      app.use(async (request, _, next) => {
        await read(request)
        next()
      }),
    )
const koaAfter = (read: (context: KoaContext) => unknown): Start =>
  start.koa((app) =>
    app.use(async (context, next) => {
      await read(context)
      await next()
    }),
  )
const honoAfter = (read: (context: Context) => unknown): Start =>
  start.hono((app) =>
    app.use(async (context, next) => {
      await read(context)
      await next()
    }),
  )

const h3After = (read: (event: H3Event) => unknown): Start =>
  start.h3((app) =>
    app.use(async (event) => {
      await read(event)
    }),
  )

describe('a body that was read before, ', () => {
  const rows: readonly [string, Start][] = [
    ...(['express4', 'express5'] as const).flatMap((which): [string, Start][] => [
      [`${which} as text`, start[which]((app, express) => app.use(express.text({ type: FORM })))],
      [`${which} as octets`, start[which]((app, express) => app.use(express.raw({ type: '*/*' })))],
      [`${which} as flat object`, start[which]((app, express) => app.use(express.urlencoded({ extended: false })))],
      [`${which} as deep object`, start[which]((app, express) => app.use(express.urlencoded({ extended: true })))],
    ]),
    ['koa as object', koaAfter(async ({ req, request }) => Object.assign(request, { body: parse(await text(req)) }))],
    ['koa as text', koaAfter(async ({ req, request }) => Object.assign(request, { body: await text(req) }))],
    [
      'koa as text beside an object',
      koaAfter(async ({ req, request }) => Object.assign(request, { rawBody: await text(req), body: { token: 'x' } })),
    ],
    ['koa on the request of Node', koaAfter(async ({ req }) => Object.assign(req, { body: parse(await text(req)) }))],
    [
      'fastify by a hook that returns another stream',
      start.fastify((app) =>
        app.addHook('preParsing', async ({ raw }) => Readable.from([Buffer.from(await text(raw))])),
      ),
    ],
    [
      'fastify by a hook that returns a stream of texts',
      start.fastify((app) =>
        app.addHook('preParsing', async ({ raw }) => Readable.from((await text(raw)).split(/(?=e)/))),
      ),
    ],
    ['hono as text', honoAfter(({ req }) => req.text())],
    ['hono as octets', honoAfter(({ req }) => req.arrayBuffer())],
    ['hono as Blob', honoAfter(({ req }) => req.blob())],
    ['hono as JSON, although it is a form', honoAfter(({ req }) => req.json().catch(() => undefined))],
    ['hono as FormData', honoAfter(({ req }) => req.formData())],
    [
      'hono as FormData and then as text',
      honoAfter(async ({ req }) => {
        await req.formData()
        await req.text()
      }),
    ],
    ['hono by parseBody', honoAfter(({ req }) => req.parseBody({ all: true }))],
    ['hono by a validator', start.hono((app) => app.use(validator('form', (value) => value)))],
    ['h3 in a copy', h3After(({ req }) => req.clone().text())],
    ['nest as text', start.nest((app) => app.useBodyParser('text', { type: FORM }))],
    ['nest as octets', start.nest((app) => app.useBodyParser('raw', { type: '*/*' }))],
    ['nest as object', start.nest((app) => app.useBodyParser('urlencoded', { extended: true }))],
  ]

  test.each(rows)('%s, is accepted', async (_, framework) => {
    const { handler } = await createEndpoint()
    const response = await sendTo({ start: framework }, handler, post(`${encoded}&foo=1&foo=2&x=a%20%C3%A9+b`))
    expect([response.status, json(response)]).toEqual([200, ACTIVE])
  })

  test.each(rows)('%s, is refused with duplicates', async (_, framework) => {
    const { handler } = await createEndpoint()
    const response = await sendTo({ start: framework }, handler, post(`${encoded}&${encoded}`))
    expect([response.status, json(response)]).toEqual([400, invalidRequest])
  })

  test.each(rows)('%s, is refused over the cap', async (_, framework) => {
    const { handler } = await createEndpoint({ request: { maxBodyBytes: 256 } })
    const request = post({ ...active, x: 'a'.repeat(300) })
    expect(await sendTo({ start: framework }, handler, request)).toMatchObject({ status: 413 })
  })

  test('hono as multipart, is refused for its media type', async () => {
    const { handler } = await createEndpoint()
    const body = `--b\r\ncontent-disposition: form-data; name="token"; filename="a"\r\n\r\n${active.token}\r\n--b--\r\n`
    const request = post(body, { 'content-type': 'multipart/form-data; boundary=b' })
    const framework = honoAfter(({ req }) => req.formData())
    expect(await sendTo({ start: framework }, handler, request)).toMatchObject({ status: 415 })
  })

  test('hono as a form, although it is not one, is refused for its media type', async () => {
    const { handler } = await createEndpoint()
    const request = post('{}', { 'content-type': 'application/json' })
    const framework = honoAfter(({ req }) => req.formData().catch(() => undefined))
    expect(await sendTo({ start: framework }, handler, request)).toMatchObject({ status: 415 })
  })

  test('hono with GET, changes nothing', async () => {
    const { handler } = await createEndpoint()
    const framework = honoAfter(({ req }) => req.text())
    expect(await sendTo({ start: framework }, handler, post('', {}, { method: 'GET' }))).toMatchObject({ status: 405 })
  })
})

const bodyUnavailable = {
  type: 'refused',
  status: 500,
  error: expect.objectContaining({ code: 'ERR_REQUEST_BODY_UNAVAILABLE' }) as unknown,
}

describe('a body that other code has consumed', () => {
  test.each<[string, Start]>([
    ['express4', expressAfter('express4')((request) => text(request))],
    ['express5', expressAfter('express5')((request) => text(request))],
    ['koa', koaAfter(({ req }) => text(req))],
    ['fastify', start.fastify((app) => app.addHook('preParsing', async ({ raw }) => void (await text(raw))))],
    [
      'fastify, into a stream of objects',
      start.fastify((app) => app.addHook('preParsing', async ({ raw }) => Readable.from([{}, await text(raw)]))),
    ],
    ['hono', honoAfter(({ req }) => req.raw.text())],
    ['h3', h3After(({ req }) => req.text())],
    ['h3 by readBody', h3After((event) => readBody(event))],
    [
      'nest',
      start.nest((app) =>
        app.use(async (request: IncomingMessage, _: unknown, next: () => void) => {
          await text(request)
          next()
        }),
      ),
    ],
  ])('gets 500 at once, %s', async (_, framework) => {
    const { handler, events } = await createEndpoint()
    const response = await sendTo({ start: framework }, handler, post(active))
    expect(response).toMatchObject({ status: 500, body: '{"error":"server_error"}' })
    expect(events).toMatchObject([bodyUnavailable])
  })
})

const bare = frameworks.filter((framework) => framework.bare)
/** The frameworks in which the adapter writes early answers itself. */
const ours = bare.filter(({ web }) => !web)

/** The head of a request with a body that stays incomplete. */
const UNFINISHED =
  'POST /introspect HTTP/1.1\r\nhost: a\r\n' +
  `content-type: ${FORM}\r\nauthorization: ${basic('orders-api', SECRET)}\r\ncontent-length: 1000\r\n\r\n${encoded}`

describe('a sender', () => {
  const large = Buffer.alloc(900_000, 'a')
  const early = [
    ['405', post(large, {}, { method: 'PUT' }), 405],
    ['415', post(large, { 'content-type': 'application/json' }), 415],
    ['413', post(large), 413],
    ['413 without a length', post(large, {}, { chunked: true }), 413],
  ] as const

  describe.each(bare)('to $name', (framework) => {
    test.each(early)('who is still sending gets %s', async (_, request, status) => {
      const { handler } = await createEndpoint()
      const response = await sendTo(framework, handler, request)
      expect([response.status, json(response)]).toEqual([status, invalidRequest])
    })

    test('who disconnects in the middle of the body ends the request', async () => {
      const { promise: reported, resolve: onEvent } = Promise.withResolvers<IntrospectionHandlerEvent>()
      const { handler } = await createEndpoint({ onEvent })
      const server = await framework.start(handler)
      const socket = dial(server)
      socket.write(UNFINISHED)
      await once(server, 'request')
      socket.destroy()
      expect(await reported).toMatchObject(bodyUnavailable)
      expect(await exchange(dial(server), post({ token: 'x' }))).toMatchObject({ status: 200, body: INACTIVE })
    })
  })

  test.each(ours)('to $name who stops sending gets an answer, and then the connection closes', async (framework) => {
    const { handler } = await createEndpoint()
    const socket = dial(await framework.start(handler))
    const ended = once(socket, 'end')
    const response = readResponse(socket, 'POST')
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    onTestFinished(() => void vi.useRealTimers())
    socket.write(UNFINISHED.replace(FORM, 'application/json'))
    expect(await response).toMatchObject({ status: 415, headers: { connection: 'close' } })
    vi.advanceTimersByTime(1000)
    await ended
  })
})

describe('Koa', () => {
  test.each([
    ['a whole request', post(active), 200],
    ['a request that is answered early', post(Buffer.alloc(900_000), {}, { chunked: true }), 413],
  ])('middleware sees the answer to %s, and its fields are sent', async (_, request, status) => {
    const seen: unknown[] = []
    const framework = start.koa((app) =>
      app.use(async (context, next) => {
        context.set('x-request-id', '7')
        await next()
        seen.push(context.status, context.type, context.body)
      }),
    )
    const { handler } = await createEndpoint()
    const response = await sendTo({ start: framework }, handler, request)
    expect(response).toMatchObject({ status, headers: { 'x-request-id': '7' } })
    expect(seen).toEqual([status, 'application/json', response.body])
  })
})

describe('Fastify', () => {
  test('answers injected requests, and runs the hooks of the application', async () => {
    const { handler } = await createEndpoint()
    const app = Fastify()
    const seen: unknown[] = []
    app.addHook('onSend', async (_request, reply, payload) => {
      seen.push(reply.statusCode, String(payload))
      reply.header('x-request-id', '7')
    })
    await app.register(toFastifyPlugin(handler), { path: '/introspect' })
    const { headers, body } = post(active)
    const response = await app.inject({
      method: 'POST',
      url: '/introspect',
      headers: Object.fromEntries(headers),
      body: Buffer.from(body),
    })
    expect(response).toMatchObject({ statusCode: 200, headers: { 'x-request-id': '7' } })
    expect(response.json()).toEqual(ACTIVE)
    expect(seen).toEqual([200, response.body])
  })

  test('does not change the parsers and errors of the application', async () => {
    const { handler } = await createEndpoint()
    const app = Fastify()
    app.setErrorHandler(async (error: Error, _request, reply) => reply.code(418).send(error.message))
    app.addHook('preHandler', async (request) => {
      if (request.headers['x-fail'] !== undefined) throw new Error('a hook')
    })
    await app.register(formBody)
    await app.register(toFastifyPlugin(handler), { path: '/introspect' })
    app.post('/echo', async ({ body }) => body)
    const send = async (url: string, headers: Record<string, string>, body: string) => {
      const response = await app.inject({ method: 'POST', url, headers, body })
      return [response.statusCode, response.body]
    }
    expect(await send('/echo', { 'content-type': 'application/json' }, '{"a":1}')).toEqual([200, '{"a":1}'])
    expect(await send('/echo', { 'content-type': FORM }, form({ a: '1' }))).toEqual([200, '{"a":"1"}'])
    expect((await send('/echo', { 'content-type': 'text/csv' }, 'a'))[0]).toBe(418)
    expect(await send('/introspect', { 'content-type': FORM, 'x-fail': '1' }, encoded)).toEqual([418, 'a hook'])
  })
})
