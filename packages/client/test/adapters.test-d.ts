import {
  type ActiveIntrospectionResult,
  type ClientAuthentication,
  type GuardToken,
  IntrospectionClient,
} from '@token-introspection/client'
import { expressGuard } from '@token-introspection/client/express'
import { createGatewayHandler } from '@token-introspection/client/gateway'
import { fastifyGuard, tokenGuards } from '@token-introspection/client/fastify'
import { honoGuard } from '@token-introspection/client/hono'
import { type AuthState, koaGuard } from '@token-introspection/client/koa'
import { lambdaGuard } from '@token-introspection/client/lambda'
import { createMcpGate, createTokenVerifier, guardMcp, mcpExpressGuard } from '@token-introspection/client/mcp'
import type { AuthInfo } from '@modelcontextprotocol/sdk/server/auth/types.js'
import { Auth, Public, RequireToken, TokenGuard, TokenIntrospectionModule } from '@token-introspection/client/nest'
import { nodeGuard } from '@token-introspection/client/node'
import type { ClaimsSchema } from '@token-introspection/core'
import type {
  APIGatewayProxyEvent,
  APIGatewayProxyEventV2,
  APIGatewayProxyHandler,
  APIGatewayProxyHandlerV2,
  Context,
} from 'aws-lambda'
import express, { type Request, type Response } from 'express'
import type { ServerResponse } from 'node:http'
import Fastify, { type FastifyRequest, type RawServerBase, type RequestGenericInterface } from 'fastify'
import { Hono } from 'hono'
import Koa from 'koa'
import { expectTypeOf, test } from 'vitest'

interface Claims {
  tenant: string
}

declare const claims: ClaimsSchema<Claims>
declare const clientAuthentication: ClientAuthentication

const client = new IntrospectionClient({ issuer: 'https://as.example.com', clientAuthentication, claims })
const guard = client.guard({ audience: 'x' })
const optional = client.guard({ audience: 'x', optional: true })

test('GuardToken is the token that a guard lets pass', () => {
  expectTypeOf<GuardToken<typeof guard>>().toEqualTypeOf<ActiveIntrospectionResult<Claims>>()
  expectTypeOf<GuardToken<typeof optional>>().toEqualTypeOf<ActiveIntrospectionResult<Claims> | undefined>()
})

test('Express accepts the middleware and gives the claims', () => {
  const mayPass = expressGuard(guard)
  express().get('/:id', mayPass, (request) => {
    expectTypeOf(request.params.id).toEqualTypeOf<string>()
    expectTypeOf(mayPass.tokenOf(request)).toEqualTypeOf<ActiveIntrospectionResult<Claims>>()
    expectTypeOf(expressGuard(optional).tokenOf(request)).toEqualTypeOf<ActiveIntrospectionResult<Claims> | undefined>()
  })
  express().use(
    expressGuard(guard, {
      onRefusal: (refusal, _: Request, response: Response) => response.sendStatus(refusal.status),
    }),
  )
})

test('Hono has a typed variable', () => {
  new Hono().get('/:id', honoGuard(guard), (context) => {
    expectTypeOf(context.get('auth')).toEqualTypeOf<ActiveIntrospectionResult<Claims>>()
    expectTypeOf(context.var.auth.tenant).toEqualTypeOf<string>()
    return context.text(context.req.param('id'))
  })
  new Hono().get('/', honoGuard(optional), (context) => {
    expectTypeOf(context.var.auth).toEqualTypeOf<ActiveIntrospectionResult<Claims> | undefined>()
    return context.body(null)
  })
})

test('Koa has a typed state', () => {
  const app = new Koa<AuthState<GuardToken<typeof guard>>>()
  app.use(koaGuard(guard))
  app.use((context) => expectTypeOf(context.state.auth?.tenant).toEqualTypeOf<string | undefined>())
})

test('Koa, Hono and Fastify give the claims by tokenOf', () => {
  const ofKoa = koaGuard(guard)
  new Koa().use(ofKoa).use((context) => {
    expectTypeOf(ofKoa.tokenOf(context)).toEqualTypeOf<ActiveIntrospectionResult<Claims>>()
    expectTypeOf(koaGuard(optional).tokenOf(context)).toEqualTypeOf<ActiveIntrospectionResult<Claims> | undefined>()
  })
  const ofHono = honoGuard(guard)
  new Hono().use(ofHono).get('/:id', (context) => {
    expectTypeOf(ofHono.tokenOf(context)).toEqualTypeOf<ActiveIntrospectionResult<Claims>>()
    return context.body(null)
  })
  const ofFastify = fastifyGuard(guard)
  Fastify().get<{ Params: { id: string } }>('/:id', { onRequest: ofFastify }, (request) => {
    expectTypeOf(request.params.id).toEqualTypeOf<string>()
    expectTypeOf(ofFastify.tokenOf(request)).toEqualTypeOf<ActiveIntrospectionResult<Claims>>()
    expectTypeOf(fastifyGuard(optional).tokenOf(request)).toEqualTypeOf<ActiveIntrospectionResult<Claims> | undefined>()
    return null
  })
  const ofAnyServer = {} as FastifyRequest<RequestGenericInterface, RawServerBase>
  expectTypeOf(ofFastify.tokenOf(ofAnyServer)).toEqualTypeOf<ActiveIntrospectionResult<Claims>>()
  expectTypeOf(() => ofFastify.watch(ofAnyServer, {} as ServerResponse)).returns.toEqualTypeOf<AbortSignal>()
  // @ts-expect-error this is a request of Express
  ofFastify.tokenOf({} as Request)
  // @ts-expect-error another name has to be declared in RequestTokenTypes
  fastifyGuard(guard, { property: 'caller' })
})

test('Node gives the claims', () => {
  expectTypeOf(nodeGuard(guard)).returns.resolves.toEqualTypeOf<ActiveIntrospectionResult<Claims> | undefined>()
  nodeGuard(guard, (_request, _response, token) =>
    expectTypeOf(token).toEqualTypeOf<ActiveIntrospectionResult<Claims>>(),
  )
})

test('MCP has the claims in authInfo.extra, and gives them by tokenOf', async () => {
  const authInfo = await createMcpGate(guard)(new Request('https://mcp.example.com'))
  if (!(authInfo instanceof Response)) {
    expectTypeOf(authInfo.extra.tenant).toEqualTypeOf<string>()
    expectTypeOf(authInfo).toExtend<AuthInfo>()
  }
  const verifier = createTokenVerifier(guard, { InvalidTokenError: Error, InsufficientScopeError: Error })
  expectTypeOf((await verifier.verifyAccessToken('a')).extra.tenant).toEqualTypeOf<string>()
  guardMcp(guard, (_request, options) => {
    expectTypeOf(options.authInfo.extra.tenant).toEqualTypeOf<string>()
    return new Response()
  })
  for (const guarded of [createMcpGate(guard), verifier, mcpExpressGuard(guard)]) {
    expectTypeOf(guarded.tokenOf(undefined)).toEqualTypeOf<ActiveIntrospectionResult<Claims>>()
  }
  // @ts-expect-error the SDK has no request without a token
  createMcpGate(optional)
})

test('checks get the claims, in guards and in watches', () => {
  client.guard({ audience: 'x', check: (token) => expectTypeOf(token.tenant).toEqualTypeOf<string>() })
  client.guard({ optional: true, check: (token) => expectTypeOf(token.tenant).toEqualTypeOf<string>() })
  const until = new AbortController().signal
  client.watch('a', { until, policy: { check: (token) => expectTypeOf(token.tenant).toEqualTypeOf<string>() } })
  // @ts-expect-error the tenant is a string
  client.guard({ audience: 'x', check: (token: ActiveIntrospectionResult<{ tenant: number }>) => token.tenant === 7 })
})

test('Fastify has a typed request and a typed config', () => {
  const app = Fastify()
  void app.register(tokenGuards, { guard, prefix: '/a' })
  app.get('/', { preHandler: fastifyGuard(guard), config: { auth: false } }, (request) => {
    expectTypeOf(request.auth).toEqualTypeOf<ActiveIntrospectionResult | undefined>()
    return null
  })
  // @ts-expect-error true is not a guard
  app.get('/b', { config: { auth: true } }, () => null)
})

test('Nest accepts a client, and its decorators accept the options of a guard', () => {
  void new TokenGuard(client, { guard: { audience: 'x' } })
  expectTypeOf(RequireToken).toBeCallableWith({ scope: 'a', optional: true })
  // @ts-expect-error no such option
  RequireToken({ scopes: 'a' })
  expectTypeOf(Public()).toExtend<MethodDecorator & ClassDecorator>()
  expectTypeOf(Auth()).toEqualTypeOf<ParameterDecorator>()
  expectTypeOf(new TokenGuard(client).tokenOf({})).toEqualTypeOf<ActiveIntrospectionResult<Claims> | undefined>()
})

test('Nest gives a typed parameter only where the token has its type', () => {
  class Orders {
    list(_token: ActiveIntrospectionResult<Claims>) {}
    find(_id: string, _token?: { readonly sub?: string | undefined }) {}
    wrong(_token: ActiveIntrospectionResult<{ tenant: number }>) {}
  }
  const caller = Auth<ActiveIntrospectionResult<Claims>>()
  caller(Orders.prototype, 'list', 0)
  caller(Orders.prototype, 'find', 1)
  // @ts-expect-error the first parameter is a string
  caller(Orders.prototype, 'find', 0)
  // @ts-expect-error the tenant is a string
  caller(Orders.prototype, 'wrong', 0)
})

test('the module for Nest takes options or a client, and gives checks their claims', () => {
  const required = { issuer: 'https://as.example.com', clientAuthentication }
  TokenIntrospectionModule.forRoot({
    client: { ...required, claims },
    guard: { check: (token) => expectTypeOf(token.tenant).toEqualTypeOf<string>() },
  })
  TokenIntrospectionModule.forRoot({ introspection: client, global: true })
  TokenIntrospectionModule.forRootAsync({ useFactory: (issuer: string) => ({ client: { ...required, issuer } }) })
  // @ts-expect-error no such option
  TokenIntrospectionModule.forRoot({ clients: required })
  // @ts-expect-error the factory is missing
  TokenIntrospectionModule.forRootAsync({ inject: [] })
})

test('a gateway handler gives the functions of its identity fields the claims of the guard', () => {
  const known = { gateway: 'nginx', isTrustedGateway: () => true } as const
  createGatewayHandler(client.guard({ audience: 'x' }), {
    ...known,
    forward: {
      'x-auth-subject': 'sub',
      'x-auth-tenant': (token) => {
        expectTypeOf(token.tenant).toEqualTypeOf<string>()
        return token.tenant
      },
    },
  })
  // @ts-expect-error the address of the gateway is missing
  createGatewayHandler(guard, { gateway: 'nginx' })
  // @ts-expect-error a promise is no value
  createGatewayHandler(guard, { ...known, forward: { 'x-auth-subject': () => Promise.resolve(Symbol('a')) } })
})

test('Node refuses an optional guard, because undefined could not stand for a request without a token', () => {
  // @ts-expect-error
  nodeGuard(optional)
})

test('Lambda accepts the handler and gives the claims, the event and the context', () => {
  const handler = lambdaGuard(guard, (event: APIGatewayProxyEventV2, token, context: Context) => {
    expectTypeOf(token.tenant).toEqualTypeOf<string>()
    return { statusCode: 200, body: event.rawPath + context.awsRequestId }
  })
  expectTypeOf(handler).toExtend<APIGatewayProxyHandlerV2>()
  const older = lambdaGuard(optional, (_event: APIGatewayProxyEvent, token) => ({
    statusCode: 200,
    body: token?.tenant ?? '',
  }))
  expectTypeOf(older).toExtend<APIGatewayProxyHandler>()
})
