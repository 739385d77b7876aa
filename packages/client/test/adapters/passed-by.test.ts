/** Ways past a guard: a wrapper whose checks are left out, and errors that a framework takes for none. */
import { createRequire } from 'node:module'
import {
  type ClientGuard,
  clientSecretBasic,
  combineIssuers,
  type GuardRequest,
  IntrospectionClient,
  type MaybePromise,
  type OptionalGuard,
  type OptionalGuardDecision,
} from '@token-introspection/client'
import { type ExpressGuardOptions, expressGuard } from '@token-introspection/client/express'
import { fastifyGuard, tokenGuards } from '@token-introspection/client/fastify'
import { honoGuard } from '@token-introspection/client/hono'
import { koaGuard } from '@token-introspection/client/koa'
import { mcpExpressGuard as mcpGuard } from '@token-introspection/client/mcp'
import { nodeGuard } from '@token-introspection/client/node'
import { getRequestListener } from '@hono/node-server'
import express from 'express'
import Fastify, { type FastifyInstance } from 'fastify'
import { Hono } from 'hono'
import Koa from 'koa'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { describe, expect, test } from 'vitest'
import { get, refusal, serve } from './guard-fixtures.ts'

const old = createRequire(import.meta.url)
const express4 = old('express4') as typeof express
const fastify4 = old('fastify4') as typeof Fastify

type OnRefusal = ExpressGuardOptions<IncomingMessage, ServerResponse>['onRefusal']
/** Starts a server with a guard in front of everything. */
type Start = (guard: OptionalGuard, reached: () => void, onRefusal?: OnRefusal) => Promise<string>

/** With `app.use`, `next('route')` goes on to what is behind the guard. */
function startExpress(framework: typeof express, middleware = expressGuard): Start {
  return (guard, reached, onRefusal) => {
    const app = framework().set('env', 'test')
    app.use(middleware(guard as ClientGuard, { onRefusal }))
    app.get('/', (_request, response) => {
      reached()
      response.end('handled')
    })
    return serve(app)
  }
}

function startFastify(
  framework: typeof Fastify,
  mount: (app: FastifyInstance, guard: OptionalGuard, onRefusal: (() => unknown) | undefined) => unknown,
): Start {
  return async (guard, reached, onRefusal) => {
    const app = framework()
    await mount(app, guard, onRefusal as () => unknown)
    app.get('/', () => {
      reached()
      return 'handled'
    })
    await app.ready()
    return serve((request, response) => app.routing(request, response))
  }
}

const startKoa: Start = (guard, reached) => {
  const app = new Koa()
  app.silent = true
  app.use(koaGuard(guard))
  app.use((context) => {
    reached()
    context.body = 'handled'
  })
  const listener = app.callback()
  return serve((request, response) => void listener(request, response))
}

const startHono: Start = (guard, reached) => {
  const app = new Hono().get('/', honoGuard(guard), (context) => {
    reached()
    return context.text('handled')
  })
  app.onError((_, context) => context.text('Internal Server Error', 500))
  const listener = getRequestListener(app.fetch, { overrideGlobalObjects: false })
  return serve((request, response) => void listener(request, response))
}

const startNode: Start = (guard, reached) => {
  const listener = nodeGuard(guard, (_request, response) => {
    reached()
    response.end('handled')
  })
  // The least that a program does about errors of the guard.
  const answer = async (request: IncomingMessage, response: ServerResponse) => listener(request, response)
  return serve((request, response) => {
    answer(request, response).catch(() => response.writeHead(500).end())
  })
}

const ofNext: [string, Start][] = [
  ['Express 5', startExpress(express)],
  ['Express 4', startExpress(express4)],
  ['Express 5 before an MCP server', startExpress(express, mcpGuard as unknown as typeof expressGuard)],
  ...(
    [
      ['Fastify 5', Fastify],
      ['Fastify 4', fastify4],
    ] as const
  ).flatMap(([name, framework]): [string, Start][] => [
    ...(['onRequest', 'preParsing', 'preValidation', 'preHandler'] as const).map((hook): [string, Start] => [
      `${name} by ${hook}`,
      startFastify(framework, (app, guard, onRefusal) =>
        app.addHook(hook as 'onRequest', fastifyGuard(guard, { onRefusal })),
      ),
    ]),
    [
      `${name} by the plugin`,
      startFastify(framework, (app, guard, onRefusal) => app.register(tokenGuards, { guard, onRefusal })),
    ],
  ]),
]
const others: [string, Start][] = [
  ['Koa', startKoa],
  ['Hono', startHono],
  ['Node', startNode],
]
const frameworks: [string, Start][] = [...ofNext, ...others]

/** A client that has an answer at hand. */
async function createClient(): Promise<IntrospectionClient> {
  const client = new IntrospectionClient({
    issuer: 'https://as.example.com',
    endpoint: 'https://as.example.com/introspect',
    clientAuthentication: clientSecretBasic('api', 'secret'),
    cache: { maxAgeSeconds: 600 },
    transport: { fetch: () => Promise.resolve(Response.json({ active: true, aud: 'https://api' })) },
  })
  await client.introspect('known')
  return client
}

const nothing = (): Promise<OptionalGuardDecision> => Promise.resolve(refusal)

/** Ways to wrap a guard in one that refuses everything. */
const wrappings: [string, (guard: ClientGuard) => OptionalGuard][] = [
  ['Object.assign', (guard) => Object.assign(nothing.bind(undefined), guard)],
  ['a Proxy', (guard) => new Proxy(guard, { apply: nothing as never })],
  ['a prototype', (guard) => Object.setPrototypeOf(nothing.bind(undefined), guard) as OptionalGuard],
  [
    'copied descriptors',
    (guard) => {
      const { decide } = Object.getOwnPropertyDescriptors(guard)
      return Object.defineProperties(nothing.bind(undefined), { decide })
    },
  ],
]

describe.each(frameworks)('%s', (_, start) => {
  test.each(wrappings)('asks a guard that wraps another by %s', async (_way, wrap) => {
    const client = await createClient()
    const combined = combineIssuers({ issuers: { one: client }, fallback: 'one' })
    for (const guard of [client.guard({ audience: 'https://api' }), combined.guard({ audience: 'https://api' })]) {
      let reached = 0
      expect(await get(await start(guard, () => reached++), 'known')).toMatchObject({ status: 200 })
      expect(await get(await start(wrap(guard), () => reached++), 'known')).toMatchObject({ status: 401 })
      expect(reached).toBe(1)
    }
  })
})

test.each(wrappings)('a guard that wraps another by %s never decides as the inner one', async (_way, wrap) => {
  const client = await createClient()
  const wrapped = wrap(client.guard({ audience: 'https://api' })) as Partial<ClientGuard>
  const request: GuardRequest = { headers: new Headers({ authorization: 'Bearer known' }) }
  expect((await wrapped.decide?.(request))?.allowed ?? false).toBe(false)
})

/** Values that `next` of a framework takes for no error. */
const values: unknown[] = [undefined, '', 'route', 'router']

const failures: [string, (value: unknown) => OptionalGuard][] = [
  ['throws', (value) => deciding(() => fail(value))],
  ['rejects with', (value) => deciding(() => reject(value))],
  ['checks by a function that throws', (value) => guardThat({ check: () => fail(value) })],
  ['checks by a function that rejects with', (value) => guardThat({ check: () => reject(value) })],
  ['judges scopes by a function that throws', (value) => guardThat({ scope: () => fail(value) })],
]

function deciding(decide: (request: GuardRequest) => MaybePromise<OptionalGuardDecision>): OptionalGuard {
  return Object.assign(async (request: GuardRequest) => decide(request), { decide })
}

function guardThat(options: { check?: () => Promise<boolean>; scope?: () => boolean }): OptionalGuard {
  const client = new IntrospectionClient({
    endpoint: 'https://as.example.com/introspect',
    clientAuthentication: clientSecretBasic('api', 'secret'),
    cache: { maxAgeSeconds: 600 },
    transport: { fetch: () => Promise.resolve(Response.json({ active: true, aud: 'https://api' })) },
  })
  const guard = client.guard({ audience: 'https://api', ...options })
  return deciding((request) => {
    const answer = client.answer('known')
    return answer instanceof Promise ? answer.then(() => guard.decide(request)) : guard.decide(request)
  })
}

function fail(value: unknown): never {
  throw value
}

function reject(value: unknown): Promise<never> {
  // oxlint-disable-next-line typescript/prefer-promise-reject-errors
  return Promise.reject(value)
}

describe.each(frameworks)('%s', (_, start) => {
  test.each(failures)('runs no handler when a guard %s what is no error', async (_way, create) => {
    const reached: unknown[] = []
    for (const value of values) {
      const origin = await start(create(value), () => reached.push(value))
      // Asked twice: the second answer is at hand.
      for (const name of ['known', 'known']) expect((await get(origin, name)).status).toBe(500)
    }
    expect(reached).toEqual([])
  })
})

describe.each(ofNext)('%s', (_, start) => {
  test('runs no handler when onRefusal throws or rejects with what is no error', async () => {
    const reached: unknown[] = []
    for (const value of values) {
      for (const onRefusal of [() => fail(value), () => reject(value)]) {
        const origin = await start(nothing, () => reached.push(value), onRefusal)
        expect((await get(origin, 'known')).status).toBe(500)
      }
    }
    expect(reached).toEqual([])
  })
})

test.each(ofNext.slice(0, 3))('%s runs no handler when onRefusal goes on without an error', async (_, start) => {
  const reached: unknown[] = []
  for (const value of values) {
    const origin = await start(
      nothing,
      () => reached.push(value),
      (_refusal, _request, _response, next) => next(value),
    )
    expect((await get(origin, 'known')).status).toBe(500)
  }
  expect(reached).toEqual([])
})
