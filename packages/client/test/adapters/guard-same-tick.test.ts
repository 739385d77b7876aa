/** A guard that has its answer at hand makes no framework wait: what stands behind it runs in the same tick. */
import type { RequestListener } from 'node:http'
import { createRequire } from 'node:module'
import {
  clientSecretBasic,
  type GuardRequest,
  IntrospectionClient,
  type MaybePromise,
  type OptionalGuard,
  type OptionalGuardDecision,
} from '@token-introspection/client'
import { expressGuard } from '@token-introspection/client/express'
import { fastifyGuard, tokenGuards } from '@token-introspection/client/fastify'
import { koaGuard } from '@token-introspection/client/koa'
import { nodeGuard } from '@token-introspection/client/node'
import express from 'express'
import Fastify, { type FastifyInstance } from 'fastify'
import Koa from 'koa'
import { describe, expect, test } from 'vitest'
import { get, serve } from './guard-fixtures.ts'

const old = createRequire(import.meta.url)
const express4 = old('express4') as typeof express
const fastify4 = old('fastify4') as typeof Fastify
const koa2 = old('koa2') as typeof Koa

/** A server with one guarded route that notes when it is reached. */
type Start = (guard: OptionalGuard, reached: () => void) => Promise<string>

function startExpress(framework: typeof express): Start {
  return (guard, reached) => {
    const app = framework().set('env', 'test')
    app.get('/', expressGuard(guard), (_request, response) => {
      reached()
      response.end('handled')
    })
    return serve(app)
  }
}

function startKoa(framework: typeof Koa): Start {
  return (guard, reached) => {
    const app = new framework()
    app.silent = true
    app.use(koaGuard(guard))
    app.use((context) => {
      reached()
      context.body = 'handled'
    })
    const listener = app.callback()
    return serve((request, response) => void listener(request, response))
  }
}

function startFastify(
  framework: typeof Fastify,
  mount: (app: FastifyInstance, guard: OptionalGuard, route: () => string) => unknown,
): Start {
  return async (guard, reached) => {
    const app = framework()
    await mount(app, guard, () => {
      reached()
      return 'handled'
    })
    await app.ready()
    return serve((request, response) => app.routing(request, response))
  }
}

const byHook = (app: FastifyInstance, guard: OptionalGuard, route: () => string): unknown =>
  app.get('/', { onRequest: fastifyGuard(guard) }, route)

const byPlugin = async (app: FastifyInstance, guard: OptionalGuard, route: () => string): Promise<void> => {
  await app.register(tokenGuards, { guard, hook: 'preValidation' })
  app.get('/', route)
}

const startNode: Start = (guard, reached) => {
  const listener = nodeGuard(guard, (_request, response) => {
    reached()
    response.end('handled')
  })
  const answer: RequestListener = (request, response) => {
    try {
      void listener(request, response)
    } catch {
      response.writeHead(500).end()
    }
  }
  return serve(answer)
}

const frameworks: [string, Start][] = [
  ['Express 5', startExpress(express)],
  ['Express 4', startExpress(express4)],
  ['Koa', startKoa(Koa)],
  ['Koa 2', startKoa(koa2)],
  ['Fastify 5 by a hook', startFastify(Fastify, byHook)],
  ['Fastify 5 by the plugin', startFastify(Fastify, byPlugin)],
  ['Fastify 4 by a hook', startFastify(fastify4, byHook)],
  ['Fastify 4 by the plugin', startFastify(fastify4, byPlugin)],
  ['Node', startNode],
]

/** A guard whose client caches, and what happens in which order. */
function createGuard() {
  const events: string[] = []
  const client = new IntrospectionClient({
    endpoint: 'https://as.example.com/introspect',
    clientAuthentication: clientSecretBasic('api', 'secret'),
    cache: { maxAgeSeconds: 600 },
    transport: {
      fetch: () => Promise.resolve(Response.json({ active: true, sub: 'alice', aud: 'https://api', scope: 'read' })),
    },
  })
  const { decide } = client.guard({ audience: 'https://api', scope: 'read' })
  return { client, events, guard: noting(decide, events) }
}

/** The guard, with a note of the moment after the one in which it decides. */
function noting(
  decide: (request: GuardRequest) => MaybePromise<OptionalGuardDecision>,
  events: string[],
): OptionalGuard {
  const noted = (request: GuardRequest): MaybePromise<OptionalGuardDecision> => {
    queueMicrotask(() => events.push('next microtask'))
    return decide(request)
  }
  return Object.assign(async (request: GuardRequest) => noted(request), { decide: noted })
}

describe.each(frameworks)('%s', (_, start) => {
  test('runs the handler in the same tick when the answer is in the cache', async () => {
    const { client, events, guard } = createGuard()
    await client.introspect('known')
    const origin = await start(guard, () => events.push('handler'))
    expect(await get(origin, 'known')).toMatchObject({ status: 200, body: 'handled' })
    expect(events).toEqual(['handler', 'next microtask'])
  })

  test('runs the handler later when the server has to be asked', async () => {
    const { events, guard } = createGuard()
    const origin = await start(guard, () => events.push('handler'))
    expect(await get(origin, 'unknown')).toMatchObject({ status: 200, body: 'handled' })
    expect(events).toEqual(['next microtask', 'handler'])
  })

  test('waits for a function that wraps a guard and has no decide', async () => {
    const { client, events, guard } = createGuard()
    await client.introspect('known')
    const origin = await start(
      async (request) => guard(request),
      () => events.push('handler'),
    )
    expect(await get(origin, 'known')).toMatchObject({ status: 200, body: 'handled' })
    expect(events).toEqual(['next microtask', 'handler'])
  })

  test('answers a refusal that is known at once, and runs no handler', async () => {
    const { events, guard } = createGuard()
    const origin = await start(guard, () => events.push('handler'))
    expect(await get(origin)).toMatchObject({ status: 401, body: '' })
    expect(events).toEqual(['next microtask'])
  })

  test('answers 500 for a guard that throws at once, and runs no handler', async () => {
    const events: string[] = []
    const guard = noting(() => {
      throw new Error('a bug')
    }, events)
    const origin = await start(guard, () => events.push('handler'))
    expect(await get(origin, 'known')).toMatchObject({ status: 500 })
    expect(events).toEqual(['next microtask'])
  })
})

/** What a middleware did. */
interface Outcome {
  returned?: Promise<void>
  thrown?: unknown
}

/** What the middleware of a guard returns or throws, inside a real application. */
async function outcome(guard: OptionalGuard, next: () => Promise<unknown>): Promise<Outcome> {
  const seen: Outcome = {}
  const middleware = koaGuard(guard)
  const app = new Koa()
  app.use((context) => {
    context.body = 'seen'
    try {
      seen.returned = middleware(context, next)
      // The test looks at it later than this turn.
      seen.returned.catch(() => undefined)
    } catch (error) {
      seen.thrown = error
    }
  })
  const listener = app.callback()
  await get(await serve((request, response) => void listener(request, response)), 'known')
  return seen
}

describe('Koa', () => {
  test('returns the promise of the next middleware when the answer is in the cache', async () => {
    const { client, guard } = createGuard()
    await client.introspect('known')
    const ahead = Promise.resolve()
    const { returned } = await outcome(guard, () => ahead)
    expect(returned).toBe(ahead)
  })

  test('rejects when the guard throws at once', async () => {
    const bug = new Error('a bug')
    const guard = noting(() => {
      throw bug
    }, [])
    const { returned, thrown } = await outcome(guard, () => Promise.resolve())
    expect(thrown).toBeUndefined()
    await expect(returned).rejects.toBe(bug)
  })
})

test('stays in the same tick when somebody listens to events', async () => {
  const told: string[] = []
  const client = new IntrospectionClient({
    endpoint: 'https://as.example.com/introspect',
    clientAuthentication: clientSecretBasic('api', 'secret'),
    cache: { maxAgeSeconds: 600 },
    transport: { fetch: () => Promise.resolve(Response.json({ active: true, aud: 'https://api' })) },
    onEvent: ({ type }) => told.push(type),
  })
  await client.introspect('known')
  told.length = 0
  const decision = client
    .guard({ audience: 'https://api' })
    .decide({ headers: new Headers({ authorization: 'Bearer known' }) })
  expect(decision).toMatchObject({ allowed: true, token: { active: true } })
  expect(told).toEqual(['introspected', 'guarded'])
  expect(client.answer('known')).toMatchObject({ active: true })
})
