/** Adapters mounted in the wrong framework, and guards mounted without an adapter. */
import { once } from 'node:events'
import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { clientSecretBasic, IntrospectionClient } from '@token-introspection/client'
import { expressGuard as express } from '@token-introspection/client/express'
import { fastifyGuard as fastify } from '@token-introspection/client/fastify'
import { honoGuard as hono } from '@token-introspection/client/hono'
import { koaGuard as koa } from '@token-introspection/client/koa'
import { lambdaGuard } from '@token-introspection/client/lambda'
import expressFramework from 'express'
import Fastify from 'fastify'
import { Hono } from 'hono'
import Koa from 'koa'
import { describe, expect, test } from 'vitest'
import { get, serve } from './guard-fixtures.ts'

// The alias has no types. The functions that this test calls are the same in both versions.
const express4 = createRequire(import.meta.url)('express4') as typeof expressFramework

const client = new IntrospectionClient({
  endpoint: 'https://as.example.com/introspect',
  clientAuthentication: clientSecretBasic('api', 's3cr3t'),
  transport: { fetch: () => Promise.resolve(Response.json({ active: true })) },
})
const guard = client.guard({ audience: false })
const authorization = 'Bearer 2YotnFZFEjr1zCsicMWpAA'
const adapters = { express: express(guard), fastify: fastify(guard), hono: hono(guard), koa: koa(guard) }
const all = { ...adapters, lambda: lambdaGuard(guard, () => 'passed') }

type Name = keyof typeof all
type Any = (...given: unknown[]) => unknown

/** Calls a middleware as Express does, and takes an error that it throws or passes on. */
async function inExpress(middleware: Any): Promise<unknown> {
  const failed = Promise.withResolvers<unknown>()
  const server = createServer((request, response) => {
    const next = (error: unknown) => failed.resolve(error ?? 'passed')
    void (async () => middleware(request, response, next))().catch(failed.resolve)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const request = fetch(`http://127.0.0.1:${port}`, { headers: { authorization } }).catch(() => undefined)
  const error = await failed.promise
  server.closeAllConnections()
  server.close()
  await request
  return error
}

async function inFastify(hook: Any): Promise<unknown> {
  const app = Fastify()
  let failed: unknown
  app.setErrorHandler((error, _request, reply) => {
    failed = error
    return reply.code(500).send('')
  })
  app.get('/', { onRequest: hook as ReturnType<typeof fastify> }, () => 'passed')
  const { body } = await app.inject({ url: '/', headers: { authorization } })
  await app.close()
  return failed ?? body
}

async function inHono(middleware: Any): Promise<unknown> {
  const app = new Hono()
  let failed: unknown
  app.onError((error, context) => {
    failed = error
    return context.body(null, 500)
  })
  app.get('/', middleware as ReturnType<typeof hono>, (context) => context.text('passed'))
  const response = await app.request('/', { headers: { authorization } })
  return failed ?? (await response.text())
}

describe.each([
  ['Express', 'express', inExpress],
  ['Fastify', 'fastify', inFastify],
  ['Hono', 'hono', inHono],
] as [string, keyof typeof adapters, (middleware: Any) => Promise<unknown>][])('in %s', (framework, own, mount) => {
  test('its own adapter lets a good token pass', async () => {
    expect(await mount(adapters[own] as Any)).toBe('passed')
  })

  test.each(Object.keys(all).filter((name) => name !== own) as Name[])(
    'the adapter %s throws a TypeError that names the right adapter, also for a good token',
    async (name) => {
      const error = await mount(all[name] as Any)
      expect(error).toBeInstanceOf(TypeError)
      const { message } = error as TypeError
      for (const part of [
        `@token-introspection/client/${name}`,
        `${own}Guard of @token-introspection/client/${own} for ${framework}`,
        'lambdaGuard of @token-introspection/client/lambda',
      ])
        expect(message).toContain(part)
    },
  )
})

test.each(Object.keys(all) as Name[])('%s throws that error without any arguments', async (name) => {
  const call = all[name] as Any
  const told = await new Promise((resolve) => {
    void (async () => call(undefined, undefined, resolve))().catch(resolve)
  })
  expect((told as TypeError).message).toContain(`@token-introspection/client/${name}`)
})

describe('a guard mounted without an adapter', () => {
  const MESSAGE = /^request: must be a web Request.*expressGuard\(guard\)/

  test.each([
    ['Express 5', expressFramework],
    ['Express 4', express4],
  ])('is an error for the error handlers of %s, which name the adapter', async (_, framework) => {
    const app = framework()
    app.use(guard as never, (_request, response) => response.end('passed'))
    app.use(sayError)
    const { status, body } = await get(await serve(app), '2YotnFZFEjr1zCsicMWpAA')
    expect(status).toBe(500)
    expect(body).toMatch(MESSAGE)
  })

  test('is an error in Koa', async () => {
    const app = new Koa()
    const told = Promise.withResolvers<Error>()
    app.on('error', told.resolve)
    app.use(guard as never)
    app.use((context) => {
      context.body = 'passed'
    })
    const listener = app.callback()
    expect((await get(await serve((request, response) => void listener(request, response)))).status).toBe(500)
    expect((await told.promise).message).toMatch(MESSAGE)
  })

  test.each([
    ['Fastify', inFastify],
    ['Hono', inHono],
  ])('is an error in %s', async (_, mount) => {
    expect(((await mount(guard as unknown as Any)) as Error).message).toMatch(MESSAGE)
  })
})

const sayError: expressFramework.ErrorRequestHandler = (error: Error, _request, response, _next) =>
  response.status(500).end(error.message)
