/** The handler behind the compatibility API of HTTP/2, whose header fields and streams differ from HTTP/1. */
import { once } from 'node:events'
import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  type ClientSessionOptions,
  connect,
  constants,
  createServer,
  type Http2Server,
  type OutgoingHttpHeaders,
} from 'node:http2'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { getRequestListener } from '@hono/node-server'
import Fastify from 'fastify'
import { H3, toNodeHandler as toH3Listener } from 'h3'
import { Hono } from 'hono'
import Koa from 'koa'
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { toFastifyPlugin } from '../../src/adapters/fastify.ts'
import { toHonoHandler } from '../../src/adapters/hono.ts'
import { toKoaMiddleware } from '../../src/adapters/koa.ts'
import { toNodeHandler } from '../../src/adapters/node.ts'
import type { IntrospectionHandler, IntrospectionHandlerEvent } from '../../src/index.ts'
import {
  ACTIVE,
  basic,
  CHALLENGE,
  createEndpoint,
  json,
  post,
  SECRET,
  type WireRequest,
  type WireResponse,
} from '../endpoint.ts'
import { answerFields, common, invalidClient, invalidRequest } from '../path/introspection-cases/expect-answers.ts'
import { active, encoded } from '../path/introspection-cases/introspection-case.ts'

/** Lets a client send two `Authorization` fields. */
const STRAY_FIELDS = { strictSingleValueFields: false } as ClientSessionOptions

type Listener = Parameters<Http2Server['on']>[1]

async function listen(listener: unknown): Promise<Http2Server> {
  const server = createServer()
  server.on('request', listener as Listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => new Promise<void>((resolve) => server.close(() => resolve())))
  return server
}

const frameworks: readonly [name: string, start: (handler: IntrospectionHandler) => Promise<Http2Server>][] = [
  ['Node', (handler) => listen(toNodeHandler(handler))],
  ['Koa', (handler) => listen(new Koa().use(toKoaMiddleware(handler)).callback())],
  [
    'Fastify',
    async (handler) => {
      const app = Fastify({ http2: true })
      onTestFinished(() => app.close())
      await app.register(toFastifyPlugin(handler), { path: '/introspect' })
      await app.listen({ port: 0, host: '127.0.0.1' })
      return app.server
    },
  ],
  [
    'Hono',
    (handler) =>
      listen(
        getRequestListener(new Hono().all('/introspect', toHonoHandler(handler)).fetch, {
          overrideGlobalObjects: false,
        }),
      ),
  ],
  ['h3', (handler) => listen(toH3Listener(new H3().all('/introspect', ({ req }) => handler(req))))],
]

/** A connection to a server. It closes when the test ends. */
function dial(server: Http2Server): ClientHttp2Session {
  const session = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, STRAY_FIELDS)
  session.on('error', () => undefined)
  onTestFinished(() => session.destroy())
  return session
}

/** The header fields as a flat list, so that repeated fields stay separate. */
function fieldsOf({ method, target, headers }: WireRequest): OutgoingHttpHeaders {
  const pseudo = [
    [':method', method],
    [':path', target],
    [':scheme', 'http'],
    [':authority', 'a'],
  ]
  return [...pseudo, ...headers].flat() as unknown as OutgoingHttpHeaders
}

/** Sends a request over a new connection. */
async function send(server: Http2Server, request: WireRequest): Promise<WireResponse> {
  const session = dial(server)
  try {
    const stream = session.request(fieldsOf(request))
    // A server that has already answered may refuse the rest of the body.
    stream.on('error', () => undefined)
    if (!stream.writableEnded) stream.end(request.body)
    const [answered] = (await once(stream, 'response')) as [Record<string, string | number>]
    const received = Object.entries(answered).filter(([name]) => !name.startsWith(':'))
    return {
      status: Number(answered[':status']),
      headers: Object.fromEntries(received.map(([name, value]) => [name, String(value)])),
      body: await text(stream).catch(() => ''),
    }
  } finally {
    session.close()
  }
}

const bodyUnavailable = {
  type: 'refused',
  status: 500,
  error: expect.objectContaining({ code: 'ERR_REQUEST_BODY_UNAVAILABLE' }) as unknown,
}

const warnings: string[] = []
const onWarning = (warning: Error): void => void warnings.push(warning.message)
beforeEach(() => {
  warnings.length = 0
  process.on('warning', onWarning)
})
afterEach(() => void process.off('warning', onWarning))

describe.each(frameworks)('%s', (_name, start) => {
  test.each<[string, WireRequest, number, object, object]>([
    ['an active token', post(active), 200, common, ACTIVE],
    [
      'a wrong secret',
      post(active, { authorization: basic('orders-api', 'wrong') }),
      401,
      { ...common, 'www-authenticate': CHALLENGE },
      invalidClient,
    ],
    ['a repeated token', post(`${encoded}&${encoded}`), 400, common, invalidRequest],
    ['JSON', post('{}', { 'content-type': 'application/json' }), 415, common, invalidRequest],
    ['a body over the cap', post(`${encoded}&x=${'a'.repeat(33_000)}`), 413, common, invalidRequest],
    ['PUT', post(active, {}, { method: 'PUT' }), 405, { ...common, allow: 'POST' }, invalidRequest],
    [
      'two Authorization fields',
      post(active, { authorization: [basic('orders-api', SECRET), basic('orders-api', SECRET)] }),
      401,
      { ...common, 'www-authenticate': CHALLENGE },
      invalidClient,
    ],
  ])('answers %s', async (_, request, status, fields, body) => {
    const { handler, events } = await createEndpoint()
    const response = await send(await start(handler), request)
    expect([response.status, answerFields(response), json(response)]).toEqual([status, fields, body])
    expect(response.headers).not.toHaveProperty('connection')
    expect(events).toHaveLength(1)
    await new Promise((resolve) => setImmediate(resolve))
    expect(warnings).toEqual([])
  })

  test('answers HEAD without a body', async () => {
    const { handler } = await createEndpoint()
    const response = await send(await start(handler), post('', {}, { method: 'HEAD' }))
    expect([response.status, response.body]).toEqual([405, ''])
  })

  test.each<[string, (stream: ClientHttp2Stream) => void, object]>([
    // After a reset the stream seems to end, and the part of the body that arrived looks like all of it.
    ['resets the stream', (stream) => stream.close(constants.NGHTTP2_CANCEL), {}],
    ['closes the connection', ({ session }) => session?.destroy(), bodyUnavailable],
  ])('goes on when a sender %s in the middle of the body', async (_, leave, event) => {
    const { promise: reported, resolve: onEvent } = Promise.withResolvers<IntrospectionHandlerEvent>()
    const { handler } = await createEndpoint({ onEvent })
    const server = await start(handler)
    const stream = dial(server).request(fieldsOf(post('')))
    stream.on('error', () => undefined)
    stream.write(encoded)
    await once(server, 'request')
    leave(stream)
    expect(await reported).toMatchObject(event)
    expect(json(await send(server, post(active)))).toEqual(ACTIVE)
  })
})
