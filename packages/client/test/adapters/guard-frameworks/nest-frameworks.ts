/** Nest on its platforms for Express and Fastify. Its decorators are called as functions: tests are not compiled for them. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { All, Controller, type ExecutionContext, Module, Req, Res, type Type } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import type { NestExpressApplication } from '@nestjs/platform-express'
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify'
import type { GuardToken, OptionalGuard } from '@token-introspection/client'
import { Auth, TokenGuard } from '@token-introspection/client/nest'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { bodyOf } from './body-of.ts'
import { setFieldsBefore } from './fields-before.ts'
import type { GuardedFramework, Start } from './guarded-framework.ts'
import { prepareFastify } from './prepare-fastify.ts'

const NEST = { json: 'application/json; charset=utf-8', empty: '{"statusCode":401,"message":"Unauthorized"}' }

export const nestFrameworks: readonly GuardedFramework[] = [
  { name: 'Nest', start: startNest(false), parsesForms: false, ...NEST },
  { name: 'Nest after its parsers', start: startNest(true), parsesForms: true, ...NEST },
  { name: 'Nest on Fastify', start: startNestOnFastify(false), parsesForms: false, ...NEST },
  { name: 'Nest on Fastify after a form parser', start: startNestOnFastify(true), parsesForms: true, ...NEST },
]

function startNest(bodyParser: boolean): Start {
  return async (guard, handle, guardOptions) => {
    const module = moduleWith(async (request: IncomingMessage, response: ServerResponse, token) => {
      response.end(handle(token, await bodyOf(request)))
    })
    const options = { logger: false, abortOnError: false, bodyParser } as const
    const app = await NestFactory.create<NestExpressApplication>(module, options)
    app.use((request: IncomingMessage, response: ServerResponse, next: () => void) => {
      setFieldsBefore(request, response)
      next()
    })
    app.useGlobalGuards(new TokenGuard({ guard: () => guard }, guardOptions))
    await app.listen(0, '127.0.0.1')
    return { server: app.getHttpServer(), stop: () => app.close() }
  }
}

function startNestOnFastify(parsesForms: boolean): Start {
  return async (guard, handle, guardOptions) => {
    const module = moduleWith(async (request: FastifyRequest, reply: FastifyReply, token) => {
      reply.send(handle(token, await bodyOf(request.raw)))
    })
    const options = { logger: false, abortOnError: false, bodyParser: false } as const
    const app = await NestFactory.create<NestFastifyApplication>(module, new FastifyAdapter(), options)
    const fastify: FastifyInstance = app.getHttpAdapter().getInstance()
    prepareFastify(fastify, parsesForms)
    app.useGlobalGuards(new TokenGuard({ guard: () => guard }, guardOptions))
    await app.listen(0, '127.0.0.1')
    return { server: app.getHttpServer(), stop: () => app.close() }
  }
}

/** The request, the response and the token, as the platform gives them to a controller. */
type Answer<Request, Response> = (
  request: Request,
  response: Response,
  token: GuardToken<OptionalGuard>,
) => Promise<void>

/** A module with one controller, whose route calls `answer`. */
function moduleWith<Request, Response>(answer: Answer<Request, Response>): Type {
  class OrdersController {
    async list(request: Request, response: Response, token: GuardToken<OptionalGuard>): Promise<void> {
      await answer(request, response, token)
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
  return AppModule
}

/** A preflight is not judged, so `@Auth()` throws there. */
const tokenIfJudged = Auth((context: ExecutionContext) => {
  const request = context.switchToHttp().getRequest<object>()
  return 'auth' in request ? request : { auth: undefined }
})
