/** The handler in every framework that has an adapter, with and without middleware that reads bodies. */
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { createRequire } from 'node:module'
import formBody from '@fastify/formbody'
import { getRequestListener } from '@hono/node-server'
import { All, Controller, Module, type NestApplicationOptions, Req, Res, type Type } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import type { NestExpressApplication } from '@nestjs/platform-express'
import express, { type Application } from 'express'
import Fastify, { type FastifyInstance } from 'fastify'
import { fromNodeHandler, H3, toNodeHandler as toH3Listener } from 'h3'
import { Hono } from 'hono'
import Koa from 'koa'
import bodyParser from 'koa-bodyparser'
import { toExpressHandler } from '../../src/adapters/express.ts'
import { toFastifyPlugin } from '../../src/adapters/fastify.ts'
import { toHonoHandler } from '../../src/adapters/hono.ts'
import { toKoaMiddleware } from '../../src/adapters/koa.ts'
import { toLambdaHandler } from '../../src/adapters/lambda.ts'
import { toNodeHandler } from '../../src/adapters/node.ts'
import type { HttpHandler, HttpRequest } from '../../src/index.ts'
import { toWebRequest, type WireRequest, type WireResponse } from '../endpoint.ts'
import { dial, exchange, type HandlerForm, listen } from '../path/forms.ts'
import { startOnce, whenDone } from '../path/when-done.ts'
import { createLambdaServer, EVENTS, type ToEvent } from './lambda-gateway.ts'

// Packages under an alias have no types. The parts used here are the same in both versions.
const old = createRequire(import.meta.url)
const express4 = old('express4') as typeof express
const fastify4 = old('fastify4') as typeof Fastify
const koa2 = old('koa2') as typeof Koa

/** A framework that listens. The endpoint is at `/introspect` and, with a base path, at `/oauth2/introspect/`. */
export interface FrameworkForm {
  readonly name: string
  readonly start: (handler: HttpHandler) => Promise<Server>
  /** Set when nothing reads the body before the handler. */
  readonly bare?: true
  /** Set when the framework uses web objects. Then the framework writes the answers and manages the connections. */
  readonly web?: true
  /** `false` when the framework sends an answer when it is whole. */
  readonly streams?: false
  /** The statuses that differ, because a parser reads the body before the handler. */
  readonly exceptions?: Exceptions
}

type PrepareExpress = (app: Application, framework: typeof express) => void

function startExpress(framework: typeof express, prepare: PrepareExpress) {
  return (handler: HttpHandler): Promise<Server> => {
    const app = framework()
    app.disable('x-powered-by')
    prepare(app, framework)
    app.all('/introspect', toExpressHandler(handler))
    app.use('/oauth2', framework.Router().all('/introspect', toExpressHandler(handler)))
    // Without this setting Express would print the errors of its parsers.
    app.set('env', 'test')
    return listen(app)
  }
}

function startKoa(prepare: (app: Koa) => void, framework = Koa) {
  return (handler: HttpHandler): Promise<Server> => {
    const app = new framework()
    app.silent = true
    prepare(app)
    app.use(toKoaMiddleware(handler))
    const listener = app.callback()
    // The parser of Koa leaves a large body unread, so only this timeout notices that the sender has disconnected.
    const timeouts = { keepAliveTimeout: 2000, keepAliveTimeoutBuffer: 0 }
    return listen((request, response) => void listener(request, response), timeouts)
  }
}

function startFastify(prepare: (app: FastifyInstance) => unknown, framework = Fastify) {
  return async (handler: HttpHandler): Promise<Server> => {
    const app = framework()
    whenDone(() => app.close())
    await prepare(app)
    await app.register(toFastifyPlugin(handler), { path: '/introspect' })
    await app.register(toFastifyPlugin(handler), { prefix: '/oauth2', path: '/introspect/' })
    await app.listen({ port: 0, host: '127.0.0.1' })
    return app.server
  }
}

function honoApp(handler: HttpHandler, prepare?: (app: Hono) => unknown): Hono {
  const app = new Hono()
  prepare?.(app)
  app.all('/introspect', toHonoHandler(handler))
  return app.route('/oauth2', new Hono().all('/introspect/', toHonoHandler(handler)))
}

function startHono(prepare: (app: Hono) => unknown) {
  return (handler: HttpHandler): Promise<Server> => {
    const listener = getRequestListener(honoApp(handler, prepare).fetch, { overrideGlobalObjects: false })
    return listen((request, response) => void listener(request, response))
  }
}

/** h3 with the web `Request` that it provides. */
function startH3(prepare: (app: H3) => unknown) {
  return (handler: HttpHandler): Promise<Server> => {
    const app = new H3({ silent: true })
    prepare(app)
    app.all('/introspect', ({ req }) => handler(req))
    app.all('/oauth2/introspect/', ({ req }) => handler(req))
    // h3 leaves a large body unread, so only this timeout notices that the sender has disconnected.
    return listen(toH3Listener(app), { keepAliveTimeout: 100, keepAliveTimeoutBuffer: 0 })
  }
}

/** h3 with the handler as middleware. h3 considers a handler with two arguments finished as soon as it returns. */
function startH3Middleware(handler: HttpHandler): Promise<Server> {
  const listener = toNodeHandler(handler)
  const answer = fromNodeHandler((request, response, _next) => {
    listener(request as IncomingMessage, response as ServerResponse)
  })
  return listen(toH3Listener(new H3({ silent: true }).all('/introspect', answer).all('/oauth2/introspect/', answer)))
}

/** A Lambda function. The services of AWS read the body, and pass the function an event. */
function startLambda(toEvent: ToEvent) {
  return (handler: HttpHandler): Promise<Server> => {
    const server = createLambdaServer(toEvent, toLambdaHandler(handler))
    return listen((request, response) => void server.emit('request', request, response))
  }
}

type PrepareNest = (app: NestExpressApplication) => unknown

async function listenNest(app: NestExpressApplication): Promise<Server> {
  whenDone(() => app.close())
  app.disable('x-powered-by')
  await app.listen(0, '127.0.0.1')
  return app.getHttpServer()
}

function createModule(controllers: Type[]): Type {
  class AppModule {
    readonly name = 'introspection'
  }
  Module({ controllers })(AppModule)
  return AppModule
}

const QUIET = { logger: false, abortOnError: false } as const

/** Nest with the handler before its parsers, which Nest installs when it starts to listen. */
function startNest(options: NestApplicationOptions) {
  return async (handler: HttpHandler): Promise<Server> => {
    const app = await NestFactory.create<NestExpressApplication>(createModule([]), { ...QUIET, ...options })
    app.use(['/introspect', '/oauth2/introspect'], toExpressHandler(handler))
    return await listenNest(app)
  }
}

/** Nest with the handler in a controller, after its parsers. Decorators are called as functions: tests are not compiled. */
function startNestController(options: NestApplicationOptions, prepare: PrepareNest = () => undefined) {
  return async (handler: HttpHandler): Promise<Server> => {
    const listener = toExpressHandler(handler)
    class IntrospectionController {
      answer(request: IncomingMessage, response: ServerResponse): void {
        listener(request, response)
      }
    }
    const { prototype } = IntrospectionController
    const method = Object.getOwnPropertyDescriptor(prototype, 'answer') as PropertyDescriptor
    All(['introspect', 'oauth2/introspect'])(prototype, 'answer', method)
    Req()(prototype, 'answer', 0)
    Res()(prototype, 'answer', 1)
    Controller()(IntrospectionController)
    const module = createModule([IntrospectionController])
    const app = await NestFactory.create<NestExpressApplication>(module, { ...QUIET, ...options })
    prepare(app)
    return await listenNest(app)
  }
}

/** Starts each framework with some middleware before the endpoint. */
export const start = {
  express5: (prepare: PrepareExpress) => startExpress(express, prepare),
  express4: (prepare: PrepareExpress) => startExpress(express4, prepare),
  koa: startKoa,
  fastify: startFastify,
  hono: startHono,
  h3: startH3,
  nest: (prepare: PrepareNest) => startNestController({ bodyParser: false }, prepare),
} as const

/** The status instead of the usual one, by the title of the case. */
type Exceptions = Readonly<Record<string, number>>

// These parsers refuse bodies that they cannot inflate or find too large, and accept broken ones.
const EXPRESS_PARSERS: Exceptions = {
  'a compressed body': 400,
  'a body compressed twice': 415,
  'a body over the cap without a length': 413,
  'a hundred thousand parameters': 413,
  'octets that are not UTF-8': 200,
  'escapes that are not UTF-8': 200,
  'a broken escape in the token': 200,
  'a broken escape in another parameter': 200,
}

// This parser also keeps the text, so only bodies that it refuses, or that are not UTF-8, differ.
const KOA_BODYPARSER: Exceptions = {
  'a compressed body': 500,
  'a body compressed twice': 415,
  'a body that says it is not compressed': 415,
  'a body over the cap without a length': 413,
  'a hundred thousand parameters': 413,
  'octets that are not UTF-8': 200,
}

// The original octets are kept, so only bodies that the parser refuses differ.
const NEST_RAW_BODY: Exceptions = {
  'a compressed body': 400,
  'a body compressed twice': 415,
  'a body over the cap without a length': 413,
  'a hundred thousand parameters': 413,
}

// A REST API passes on every body as text.
const REST_API: Exceptions = { 'octets that are not UTF-8': 200 }

const LAMBDA = { web: true, streams: false } as const

const expressParsers: PrepareExpress = (app, framework) =>
  app.use(framework.json(), framework.urlencoded({ extended: true }))

/** Every framework, alone and with the middleware that people use. */
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
  { name: 'Koa 2', bare: true, start: startKoa(() => undefined, koa2) },
  { name: 'Koa after koa-bodyparser', start: start.koa((app) => app.use(bodyParser())), exceptions: KOA_BODYPARSER },
  { name: 'Fastify', bare: true, start: start.fastify(() => undefined) },
  { name: 'Fastify 4', bare: true, start: startFastify(() => undefined, fastify4) },
  { name: 'Fastify beside @fastify/formbody', bare: true, start: start.fastify((app) => app.register(formBody)) },
  { name: 'Hono on Node', web: true, bare: true, start: start.hono(() => undefined) },
  {
    name: 'Hono on Node after parseBody',
    web: true,
    start: start.hono((app) =>
      app.use(async ({ req }, next) => {
        await req.parseBody()
        await next()
      }),
    ),
  },
  { name: 'h3 on Node', web: true, bare: true, start: start.h3(() => undefined) },
  { name: 'h3 on Node by fromNodeHandler', bare: true, start: startH3Middleware },
  { name: 'Nest by app.use', bare: true, start: startNest({}) },
  { name: 'Nest by app.use with rawBody', bare: true, start: startNest({ rawBody: true }) },
  { name: 'Nest in a controller', start: startNestController({}), exceptions: EXPRESS_PARSERS },
  { name: 'Nest in a controller without its parsers', bare: true, start: startNestController({ bodyParser: false }) },
  {
    name: 'Nest in a controller with rawBody',
    start: startNestController({ rawBody: true }),
    exceptions: NEST_RAW_BODY,
  },
  { name: 'Lambda behind a function URL', ...LAMBDA, start: startLambda(EVENTS['function URL']) },
  { name: 'Lambda behind a REST API', ...LAMBDA, start: startLambda(EVENTS['REST API']), exceptions: REST_API },
  {
    name: 'Lambda behind a load balancer with multi-value headers',
    ...LAMBDA,
    start: startLambda(EVENTS['load balancer with multi-value headers']),
  },
]

/** Sends one request to a framework over a connection. */
export async function sendTo(
  { start: startFramework }: Pick<FrameworkForm, 'start'>,
  handler: HttpHandler,
  request: WireRequest,
): Promise<WireResponse> {
  return await exchange(dial(await startFramework(handler)), request)
}

/** Starts a framework once for the tests of a `describe` block. Each request goes to the handler that its test has. */
export function startFrameworkOnce({ start: startFramework }: Pick<FrameworkForm, 'start'>): HandlerForm['send'] {
  let current: HttpHandler | undefined
  const mounted = (): HttpHandler => {
    if (current === undefined) throw new Error('no test has sent a request')
    return current
  }
  const handler: HttpHandler = Object.assign((request: Request) => mounted()(request), {
    handle: (request: HttpRequest) => mounted().handle(request),
  })
  const server = startOnce(() => startFramework(handler))
  return (ofTest, request) => {
    current = ofTest
    return exchange(dial(server()), request)
  }
}

/** Hono without a server, through its own request function. */
export const honoRequest: HandlerForm = {
  name: 'Hono by app.request',
  async send(handler, request) {
    const response = await honoApp(handler).request(toWebRequest(request))
    return { status: response.status, headers: Object.fromEntries(response.headers), body: await response.text() }
  },
}
