/** The handler in every framework there is an adapter for, with and without what usually reads bodies there. */
import type { Server } from 'node:http'
import { createRequire } from 'node:module'
import formBody from '@fastify/formbody'
import { getRequestListener } from '@hono/node-server'
import express, { type Application } from 'express'
import Fastify, { type FastifyInstance } from 'fastify'
import { Hono } from 'hono'
import Koa from 'koa'
import bodyParser from 'koa-bodyparser'
import { onTestFinished } from 'vitest'
import { toExpressHandler } from '../../src/adapters/express.ts'
import { toFastifyPlugin } from '../../src/adapters/fastify.ts'
import { toHonoHandler } from '../../src/adapters/hono.ts'
import { toKoaMiddleware } from '../../src/adapters/koa.ts'
import type { IntrospectionHandler } from '../../src/index.ts'
import { toWebRequest, type WireRequest, type WireResponse } from '../endpoint.ts'
import { dial, exchange, type HandlerForm, listen } from '../path/forms.ts'

// Under an alias there are no types; what is used here is alike in both.
const express4 = createRequire(import.meta.url)('express4') as typeof express

/** A framework that listens; the endpoint is at `/introspect` and, below a base path, at `/oauth2/introspect/`. */
export interface FrameworkForm {
  readonly name: string
  readonly start: (handler: IntrospectionHandler) => Promise<Server>
  /** Set where nothing reads the body before the handler. */
  readonly bare?: true
  /** Where what reads the body before sees to it that the answer is another one. */
  readonly exceptions?: Exceptions
}

type PrepareExpress = (app: Application, framework: typeof express) => void

function startExpress(framework: typeof express, prepare: PrepareExpress) {
  return (handler: IntrospectionHandler): Promise<Server> => {
    const app = framework()
    app.disable('x-powered-by')
    prepare(app, framework)
    app.all('/introspect', toExpressHandler(handler))
    app.use('/oauth2', framework.Router().all('/introspect', toExpressHandler(handler)))
    // Express would print what its parsers throw.
    app.set('env', 'test')
    return listen(app)
  }
}

function startKoa(prepare: (app: Koa) => void) {
  return (handler: IntrospectionHandler): Promise<Server> => {
    const app = new Koa()
    app.silent = true
    prepare(app)
    app.use(toKoaMiddleware(handler))
    const listener = app.callback()
    return listen((request, response) => void listener(request, response))
  }
}

function startFastify(prepare: (app: FastifyInstance) => unknown) {
  return async (handler: IntrospectionHandler): Promise<Server> => {
    const app = Fastify()
    onTestFinished(() => app.close())
    await prepare(app)
    await app.register(toFastifyPlugin(handler), { path: '/introspect' })
    await app.register(toFastifyPlugin(handler), { prefix: '/oauth2', path: '/introspect/' })
    await app.listen({ port: 0, host: '127.0.0.1' })
    return app.server
  }
}

function honoApp(handler: IntrospectionHandler, prepare?: (app: Hono) => unknown): Hono {
  const app = new Hono()
  prepare?.(app)
  app.all('/introspect', toHonoHandler(handler))
  return app.route('/oauth2', new Hono().all('/introspect/', toHonoHandler(handler)))
}

function startHono(prepare: (app: Hono) => unknown) {
  return (handler: IntrospectionHandler): Promise<Server> => {
    const listener = getRequestListener(honoApp(handler, prepare).fetch, { overrideGlobalObjects: false })
    return listen((request, response) => void listener(request, response))
  }
}

/** What middleware is put before, for tests of their own. */
export const start = {
  express5: (prepare: PrepareExpress) => startExpress(express, prepare),
  express4: (prepare: PrepareExpress) => startExpress(express4, prepare),
  koa: startKoa,
  fastify: startFastify,
  hono: startHono,
} as const

/** The status that comes instead, by the title of the case. */
type Exceptions = Readonly<Record<string, number>>

// They refuse what they cannot inflate or find too large, take what is broken as it stands, and count no names.
const EXPRESS_PARSERS: Exceptions = {
  'a compressed body': 400,
  'a body compressed twice': 415,
  'a body over the cap without a length': 413,
  'a hundred thousand parameters': 413,
  'one parameter too many': 200,
  'octets that are not UTF-8': 200,
  'escapes that are not UTF-8': 200,
  'a broken escape in the token': 200,
  'a broken escape in another parameter': 200,
}

// It leaves the text too, so that only what never gets that far, and octets that are not UTF-8, are different.
const KOA_BODYPARSER: Exceptions = {
  'a compressed body': 500,
  'a body compressed twice': 415,
  'a body that says it is not compressed': 415,
  'a body over the cap without a length': 413,
  'a hundred thousand parameters': 413,
  'octets that are not UTF-8': 200,
}

const expressParsers: PrepareExpress = (app, framework) =>
  app.use(framework.json(), framework.urlencoded({ extended: true }))

/** As they come, and with what people put before. */
export const frameworks: readonly FrameworkForm[] = [
  { name: 'Express 5', bare: true, start: start.express5(() => undefined) },
  {
    name: 'Express 5 after its parsers',
    start: start.express5(expressParsers),
    exceptions: EXPRESS_PARSERS,
  },
  { name: 'Express 4', bare: true, start: start.express4(() => undefined) },
  {
    name: 'Express 4 after its parsers',
    start: start.express4(expressParsers),
    exceptions: EXPRESS_PARSERS,
  },
  { name: 'Koa', bare: true, start: start.koa(() => undefined) },
  { name: 'Koa after koa-bodyparser', start: start.koa((app) => app.use(bodyParser())), exceptions: KOA_BODYPARSER },
  { name: 'Fastify', bare: true, start: start.fastify(() => undefined) },
  { name: 'Fastify beside @fastify/formbody', bare: true, start: start.fastify((app) => app.register(formBody)) },
  { name: 'Hono on Node', bare: true, start: start.hono(() => undefined) },
  {
    name: 'Hono on Node after parseBody',
    start: start.hono((app) =>
      app.use(async ({ req }, next) => {
        await req.parseBody()
        await next()
      }),
    ),
  },
]

/** Sends one request to a framework over a connection. */
export async function sendTo(
  { start: startFramework }: Pick<FrameworkForm, 'start'>,
  handler: IntrospectionHandler,
  request: WireRequest,
): Promise<WireResponse> {
  return await exchange(dial(await startFramework(handler)), request)
}

/** Hono where there is no server: its own way to be called. */
export const honoRequest: HandlerForm = {
  name: 'Hono by app.request',
  async send(handler, request) {
    const response = await honoApp(handler).request(toWebRequest(request))
    return { status: response.status, headers: Object.fromEntries(response.headers), body: await response.text() }
  },
}
