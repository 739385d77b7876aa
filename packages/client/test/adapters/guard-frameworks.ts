/** A guarded route in every framework with an adapter, with and without the usual body parser. */
import { once } from 'node:events'
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http'
import { createRequire } from 'node:module'
import { parse } from 'node:querystring'
import { text } from 'node:stream/consumers'
import { getRequestListener } from '@hono/node-server'
import { All, Controller, type ExecutionContext, Module, Req, Res } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import type { NestExpressApplication } from '@nestjs/platform-express'
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify'
import { type Guard, type GuardToken, isPreflight, type OptionalGuard } from '@token-introspection/client'
import { expressGuard } from '@token-introspection/client/express'
import { fastifyGuard, tokenGuards } from '@token-introspection/client/fastify'
import { type AuthEnv, honoGuard } from '@token-introspection/client/hono'
import { type AuthState, koaGuard } from '@token-introspection/client/koa'
import { Auth, TokenGuard } from '@token-introspection/client/nest'
import {
  lambdaGuard,
  type LambdaEvent,
  type LambdaResult,
  toGuardRequest as toEventRequest,
} from '@token-introspection/client/lambda'
import { addHeaders, nodeGuard, sendRefusal, toGuardRequest } from '@token-introspection/client/node'
import express from 'express'
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import { H3, toNodeHandler as toH3Listener } from 'h3'
import { Hono } from 'hono'
import Koa from 'koa'
import { createLambdaServer, EVENTS, type ToEvent } from '../../../server/test/adapters/lambda-gateway.ts'

// The aliases have no types. The functions that these tests call are the same in both versions.
const old = createRequire(import.meta.url)
const express4 = old('express4') as typeof express
const fastify4 = old('fastify4') as typeof Fastify
const koa2 = old('koa2') as typeof Koa

/** The handler of the route. It records the call and returns the body of the response. */
export type Handle = (token: GuardToken<OptionalGuard>, body: string) => string

/** A framework that listens, with its route at {@link PATH}. */
export interface GuardedFramework {
  readonly name: string
  readonly start: Start
  /** Whether a form parser runs before the guard. */
  readonly parsesForms: boolean
  /**
   * `false` when the adapter cannot take an optional guard, because `undefined` there means that the response has been
   * sent.
   */
  readonly takesOptional?: boolean
  /** Set for frameworks that create web responses. Their servers choose the framing of the body. */
  readonly web?: true
  /** Set for frameworks without an adapter, where the program makes the whole response. No field is set before the guard runs. */
  readonly bare?: true
  /** The framework's media type for JSON, and its text for an empty body. */
  readonly json?: string
  readonly empty?: string
  /** Fields that the framework adds to a 204, which has no body. */
  readonly fieldsOf204?: Readonly<Record<string, readonly string[]>>
  /** The query in place of the one that was sent, for platforms that pass on its parameters. */
  readonly query?: string
  /** The status for an error of the program. Default 500. */
  readonly failure?: number
}

/** Starts the framework. With `passPreflights`, preflights reach the handler. */
export type Start = (guard: OptionalGuard, handle: Handle, options?: StartOptions) => Promise<StartedFramework>

export interface StartOptions {
  readonly passPreflights?: boolean
}

export interface StartedFramework {
  readonly server: Server
  stop(): Promise<unknown>
}

/** The route lies below a base path, because routers rewrite the URL there. */
export const PATH = '/v1/orders'

/** Fields that the application sets before the guard runs. */
function fieldsBefore(cacheControl: string | undefined): Record<string, string> {
  return {
    'access-control-expose-headers': 'X-Total',
    ...(cacheControl !== undefined && { 'cache-control': cacheControl }),
  }
}

/** By this field a request asks for a `Cache-Control` that the application sets before the guard runs. */
export const ASKED_FOR = 'x-cache-control'

async function listen(listener: RequestListener): Promise<StartedFramework> {
  const server = createServer(listener).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    server,
    async stop() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

function setFieldsBefore(request: IncomingMessage, response: ServerResponse): void {
  const fields = fieldsBefore(request.headers[ASKED_FOR] as string | undefined)
  for (const [name, value] of Object.entries(fields)) response.setHeader(name, value)
}

/** The body of the request, read from the place where the framework or a parser left it. */
async function bodyOf(request: IncomingMessage & { body?: unknown }): Promise<string> {
  return request.readableDidRead ? JSON.stringify(request.body) : text(request)
}

const startNode: Start = (guard, handle, { passPreflights = false } = {}) => {
  const mayPass = nodeGuard(guard as Guard)
  return listenWith(async (request, response) => {
    const isFree = passPreflights && isPreflight(toGuardRequest(request))
    const token = isFree ? undefined : await mayPass(request, response)
    if (isFree || token !== undefined) response.end(handle(token, await bodyOf(request)))
  })
}

const startNodeListener: Start = (guard, handle, { passPreflights = false } = {}) => {
  const listener = nodeGuard(guard, async (request, response, token) => {
    response.end(handle(token, await bodyOf(request)))
  })
  return listenWith(async (request, response) => {
    if (passPreflights && isPreflight(toGuardRequest(request))) response.end(handle(undefined, ''))
    else await listener(request, response)
  })
}

const startNodeByHand: Start = (guard, handle, { passPreflights = false } = {}) => {
  return listenWith(async (request, response) => {
    const guarded = toGuardRequest(request)
    if (isPreflight(guarded)) {
      if (passPreflights) response.end(handle(undefined, ''))
      else response.writeHead(204).end()
      return
    }
    const decision = await guard(guarded)
    if (decision.allowed) {
      addHeaders(decision.headers, response)
      response.end(handle(decision.token, await bodyOf(request)))
    } else {
      sendRefusal(decision, response)
    }
  })
}

/** The least that a program on Node does about an uncaught error. */
function listenWith(answer: (request: IncomingMessage, response: ServerResponse) => Promise<void>) {
  return listen((request, response) => {
    setFieldsBefore(request, response)
    answer(request, response).catch(() => response.writeHead(500).end())
  })
}

function startExpress(framework: typeof express, parser?: express.RequestHandler): Start {
  return (guard, handle, options) => {
    const app = framework()
    app.set('env', 'test')
    app.use((request, response, next) => {
      setFieldsBefore(request, response)
      next()
    })
    if (parser !== undefined) app.use(parser)
    const mayPass = expressGuard(guard, options)
    const router = framework.Router().all('/orders', mayPass, (request, response, next) => {
      const token = isPreflight(toGuardRequest(request)) ? undefined : mayPass.tokenOf(request)
      bodyOf(request).then((body) => response.end(handle(token, body)), next)
    })
    app.use('/v1', router)
    return listen(app)
  }
}

function startKoa(framework: typeof Koa, parser?: Koa.Middleware): Start {
  return (guard, handle, options) => {
    const app = new framework<AuthState>()
    app.silent = true
    app.use((context, next) => {
      context.set(fieldsBefore(context.get(ASKED_FOR) || undefined))
      return next()
    })
    if (parser !== undefined) app.use(parser)
    app.use(koaGuard(guard, options))
    app.use(async (context) => {
      context.body = handle(context.state.auth, await bodyOf(context.req))
    })
    const listener = app.callback()
    return listen((request, response) => void listener(request, response))
  }
}

const koaParser: Koa.Middleware = async (context, next) => {
  Object.assign(context.request, { body: parse(await text(context.req)) })
  await next()
}

function startHono(prepare: (app: Hono<AuthEnv>) => unknown = () => undefined): Start {
  return (guard, handle, options) => {
    const app = new Hono<AuthEnv>().basePath('/v1')
    app.use(async (context, next) => {
      const fields = fieldsBefore(context.req.header(ASKED_FOR))
      for (const [name, value] of Object.entries(fields)) context.res.headers.set(name, value)
      await next()
    })
    prepare(app)
    app.onError((_, context) => context.text('Internal Server Error', 500))
    app.all('/orders', honoGuard(guard, options), async (context) =>
      context.text(handle(context.get('auth'), await context.req.text())),
    )
    const listener = getRequestListener(app.fetch, { overrideGlobalObjects: false })
    return listen((request, response) => void listener(request, response))
  }
}

/** h3 has no adapter: its request is a web request. */
const startH3: Start = (guard, handle, { passPreflights = false } = {}) => {
  const app = new H3({ silent: true }).all(PATH, async ({ req }) => {
    const isFree = isPreflight(req)
    if (isFree && !passPreflights) return new Response(null, { status: 204 })
    const decision = isFree ? undefined : await guard(req)
    if (decision?.allowed === false) return decision.toResponse()
    return new Response(handle(decision?.token, await req.text()), decision)
  })
  return listen(toH3Listener(app))
}

type Mount = (app: FastifyInstance, guard: OptionalGuard, route: FastifyRoute, options: StartOptions) => unknown
type FastifyRoute = (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply>

function startFastify(mount: Mount, parsesForms: boolean, framework = Fastify): Start {
  return async (guard, handle, options = {}) => {
    const app = framework()
    app.addHook('onRequest', async ({ headers }, reply) => {
      reply.headers(fieldsBefore(headers[ASKED_FOR] as string | undefined))
    })
    prepareParsers(app, parsesForms)
    const route: FastifyRoute = async (request, reply) => reply.send(handle(request.auth, await bodyOf(request.raw)))
    await app.register(
      (scope, _, done) => {
        mount(scope, guard, route, options)
        done()
      },
      { prefix: '/v1' },
    )
    await app.listen({ port: 0, host: '127.0.0.1' })
    return { server: app.server, stop: () => app.close() }
  }
}

function prepareParsers(app: FastifyInstance, parsesForms: boolean): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', (_, payload, done) => done(null, payload))
  if (!parsesForms) return
  app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_, body, done) =>
    done(null, parse(body as string)),
  )
}

/** A controller. The decorators are called as functions, because tests are not compiled for decorators. */
function startNest(bodyParser: boolean): Start {
  return async (guard, handle, guardOptions) => {
    class OrdersController {
      async list(request: IncomingMessage, response: ServerResponse, token: GuardToken<OptionalGuard>): Promise<void> {
        response.end(handle(token, await bodyOf(request)))
      }
    }
    const { prototype } = OrdersController
    All('v1/orders')(prototype, 'list', Object.getOwnPropertyDescriptor(prototype, 'list') as PropertyDescriptor)
    Req()(prototype, 'list', 0)
    Res()(prototype, 'list', 1)
    tokenIfJudged(prototype, 'list', 2)
    Controller()(OrdersController)
    class AppModule {
      readonly name = 'orders'
    }
    Module({ controllers: [OrdersController] })(AppModule)
    const options = { logger: false, abortOnError: false, bodyParser } as const
    const app = await NestFactory.create<NestExpressApplication>(AppModule, options)
    app.use((request: IncomingMessage, response: ServerResponse, next: () => void) => {
      setFieldsBefore(request, response)
      next()
    })
    app.useGlobalGuards(new TokenGuard({ guard: () => guard }, guardOptions))
    await app.listen(0, '127.0.0.1')
    return { server: app.getHttpServer(), stop: () => app.close() }
  }
}

/** A preflight is not judged, so `@Auth()` throws there. */
const tokenIfJudged = Auth((context: ExecutionContext) => {
  const request = context.switchToHttp().getRequest<object>()
  return 'auth' in request ? request : { auth: undefined }
})

/** The same on the platform for Fastify. */
function startNestOnFastify(parsesForms: boolean): Start {
  return async (guard, handle, guardOptions) => {
    class OrdersController {
      async list(request: FastifyRequest, reply: FastifyReply, token: GuardToken<OptionalGuard>): Promise<void> {
        reply.send(handle(token, await bodyOf(request.raw)))
      }
    }
    const { prototype } = OrdersController
    All('v1/orders')(prototype, 'list', Object.getOwnPropertyDescriptor(prototype, 'list') as PropertyDescriptor)
    Req()(prototype, 'list', 0)
    Res()(prototype, 'list', 1)
    tokenIfJudged(prototype, 'list', 2)
    Controller()(OrdersController)
    class AppModule {
      readonly name = 'orders'
    }
    Module({ controllers: [OrdersController] })(AppModule)
    const options = { logger: false, abortOnError: false, bodyParser: false } as const
    const app = await NestFactory.create<NestFastifyApplication>(AppModule, new FastifyAdapter(), options)
    const fastify: FastifyInstance = app.getHttpAdapter().getInstance()
    fastify.addHook('onRequest', async ({ headers }, reply) => {
      reply.headers(fieldsBefore(headers[ASKED_FOR] as string | undefined))
    })
    prepareParsers(fastify, parsesForms)
    app.useGlobalGuards(new TokenGuard({ guard: () => guard }, guardOptions))
    await app.listen(0, '127.0.0.1')
    return { server: app.getHttpServer(), stop: () => app.close() }
  }
}

/** A Lambda function. What the application sets before a guard elsewhere, it sets in a wrapper of the function here. */
function startLambda(toEvent: ToEvent): Start {
  return async (guard, handle, { passPreflights = false } = {}) => {
    const answer = (event: LambdaEvent, token: GuardToken<OptionalGuard>): LambdaResult => ({
      statusCode: 200,
      ...inTheFormOf(event, fieldsBefore(fieldOf(event, ASKED_FOR))),
      body: handle(token, bodyOfEvent(event)),
    })
    const guarded = lambdaGuard(guard, answer)
    const server = createLambdaServer(toEvent, async (event, context) => {
      if (passPreflights && isPreflight(toEventRequest(event))) return answer(event, undefined)
      return exposingTotal(event, await guarded(event, context))
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    return {
      server,
      async stop() {
        server.closeAllConnections()
        server.close()
        await once(server, 'close')
      },
    }
  }
}

function fieldOf(event: LambdaEvent, name: string): string | undefined {
  return toEventRequest(event).headers.get(name) ?? undefined
}

function bodyOfEvent({ body, isBase64Encoded }: LambdaEvent): string {
  return Buffer.from(body ?? '', isBase64Encoded === true ? 'base64' : 'utf8').toString()
}

function inTheFormOf(event: LambdaEvent, fields: Record<string, string>): Partial<LambdaResult> {
  if (!event.multiValueHeaders) return { headers: fields }
  return {
    multiValueHeaders: Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, [value]])),
  }
}

function exposingTotal(event: LambdaEvent, result: LambdaResult): LambdaResult {
  const fields: Record<string, string> = {}
  for (const [name, values] of Object.entries({ ...result.headers, ...result.multiValueHeaders })) {
    fields[name] = String(values)
  }
  const exposed = new Set(['X-Total', ...(fields['access-control-expose-headers']?.split(', ') ?? [])])
  const all = { ...fields, 'access-control-expose-headers': [...exposed].join(', ') }
  return { ...result, ...inTheFormOf(event, all) }
}

const LAMBDA = { parsesForms: true, web: true, failure: 502 } as const
const PARAMETERS = { query: '?a=%20b&c=' }

const NEST = { json: 'application/json; charset=utf-8', empty: '{"statusCode":401,"message":"Unauthorized"}' }

/** The fields as they arrived, after the fields that other code added in front. */
export const frameworks: readonly GuardedFramework[] = [
  { name: 'Node', start: startNode, parsesForms: false, takesOptional: false },
  { name: 'Node with a handler', start: startNodeListener, parsesForms: false },
  { name: 'Node by hand', start: startNodeByHand, parsesForms: false },
  { name: 'Express 5', start: startExpress(express), parsesForms: false },
  {
    name: 'Express 5 after urlencoded',
    start: startExpress(express, express.urlencoded({ extended: true })),
    parsesForms: true,
  },
  {
    name: 'Express 5 after text',
    start: startExpress(express, express.text({ type: '*/*' })),
    parsesForms: true,
  },
  { name: 'Express 5 after raw', start: startExpress(express, express.raw({ type: '*/*' })), parsesForms: true },
  { name: 'Express 4', start: startExpress(express4), parsesForms: false },
  {
    name: 'Express 4 after urlencoded',
    start: startExpress(express4, express4.urlencoded({ extended: false })),
    parsesForms: true,
  },
  { name: 'Koa', start: startKoa(Koa), parsesForms: false },
  { name: 'Koa 2', start: startKoa(koa2), parsesForms: false },
  { name: 'Koa 2 after a body parser', start: startKoa(koa2, koaParser), parsesForms: true },
  { name: 'Koa after a body parser', start: startKoa(Koa, koaParser), parsesForms: true },
  { name: 'Hono', start: startHono(), parsesForms: true, web: true },
  {
    name: 'Hono after text',
    start: startHono((app) =>
      app.use(async (context, next) => {
        await context.req.text()
        await next()
      }),
    ),
    parsesForms: true,
    web: true,
  },
  {
    name: 'Hono after parseBody',
    start: startHono((app) =>
      app.use(async (context, next) => {
        await context.req.parseBody({ all: true }).catch(() => undefined)
        await next()
      }),
    ),
    parsesForms: true,
    web: true,
  },
  { name: 'h3', start: startH3, parsesForms: true, web: true, bare: true },
  {
    name: 'Fastify by a hook',
    start: startFastify(
      (scope, guard, route, options) => scope.all('/orders', { onRequest: fastifyGuard(guard, options) }, route),
      false,
    ),
    parsesForms: false,
  },
  {
    name: 'Fastify by a hook after a form parser',
    start: startFastify(
      (scope, guard, route, options) => scope.all('/orders', { preValidation: fastifyGuard(guard, options) }, route),
      true,
    ),
    parsesForms: true,
  },
  {
    name: 'Fastify by config',
    start: startFastify((scope, auth, route, options) => {
      void scope.register(tokenGuards, options)
      scope.all('/orders', { config: { auth } }, route)
    }, false),
    parsesForms: false,
  },
  {
    name: 'Fastify by a guard of all routes',
    start: startFastify((scope, guard, route, options) => {
      void scope.register(tokenGuards, { ...options, guard, hook: 'preValidation' })
      scope.all('/orders', route)
    }, true),
    parsesForms: true,
  },
  {
    name: 'Fastify 4 by a hook',
    start: startFastify(
      (scope, guard, route, options) => scope.all('/orders', { onRequest: fastifyGuard(guard, options) }, route),
      false,
      fastify4,
    ),
    parsesForms: false,
  },
  {
    name: 'Fastify 4 by config',
    start: startFastify(
      (scope, auth, route, options) => {
        void scope.register(tokenGuards, options)
        scope.all('/orders', { config: { auth } }, route)
      },
      false,
      fastify4,
    ),
    parsesForms: false,
  },
  { name: 'Nest', start: startNest(false), parsesForms: false, ...NEST },
  { name: 'Nest after its parsers', start: startNest(true), parsesForms: true, ...NEST },
  { name: 'Nest on Fastify', start: startNestOnFastify(false), parsesForms: false, ...NEST },
  { name: 'Nest on Fastify after a form parser', start: startNestOnFastify(true), parsesForms: true, ...NEST },
  { name: 'Lambda behind a function URL', start: startLambda(EVENTS['function URL']), ...LAMBDA },
  { name: 'Lambda behind a REST API', start: startLambda(EVENTS['REST API']), ...LAMBDA, ...PARAMETERS },
  {
    name: 'Lambda behind a load balancer with multi-value headers',
    start: startLambda(EVENTS['load balancer with multi-value headers']),
    ...LAMBDA,
    ...PARAMETERS,
  },
]
