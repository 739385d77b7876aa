/** Adapters mounted in the wrong framework. */
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { clientSecretBasic, IntrospectionClient } from '@token-introspection/client'
import { requireToken as express } from '@token-introspection/client/express'
import { requireToken as fastify } from '@token-introspection/client/fastify'
import { requireToken as hono } from '@token-introspection/client/hono'
import { requireToken as koa } from '@token-introspection/client/koa'
import Fastify from 'fastify'
import { Hono } from 'hono'
import { describe, expect, test } from 'vitest'

const client = new IntrospectionClient({
  endpoint: 'https://as.example.com/introspect',
  clientAuthentication: clientSecretBasic('api', 's3cr3t'),
  transport: { fetch: () => Promise.resolve(Response.json({ active: true })) },
})
const guard = client.guard({ audience: false })
const authorization = 'Bearer 2YotnFZFEjr1zCsicMWpAA'
const adapters = { express: express(guard), fastify: fastify(guard), hono: hono(guard), koa: koa(guard) }

type Name = keyof typeof adapters
type Any = (...given: unknown[]) => unknown

/** Calls a middleware as Express does, and takes an error that it throws or passes on. */
async function inExpress(middleware: Any): Promise<unknown> {
  const failed = Promise.withResolvers<unknown>()
  const server = createServer((request, response) => {
    try {
      void middleware(request, response, (error: unknown) => failed.resolve(error ?? 'passed'))
    } catch (error) {
      failed.resolve(error)
    }
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
] as [string, Name, (middleware: Any) => Promise<unknown>][])('in %s', (framework, own, mount) => {
  test('its own adapter lets a good token pass', async () => {
    expect(await mount(adapters[own] as Any)).toBe('passed')
  })

  test.each(Object.keys(adapters).filter((name) => name !== own) as Name[])(
    'the adapter %s throws a TypeError that names the right adapter, also for a good token',
    async (name) => {
      const error = await mount(adapters[name] as Any)
      expect(error).toBeInstanceOf(TypeError)
      const { message } = error as TypeError
      for (const part of [`@token-introspection/client/${name}`, `/${own} for ${framework}`])
        expect(message).toContain(part)
    },
  )
})

test.each(Object.keys(adapters) as Name[])('%s throws that error without any arguments', async (name) => {
  const call = adapters[name] as Any
  const told = await new Promise((resolve) => {
    try {
      void call(undefined, undefined, resolve)
    } catch (error) {
      resolve(error)
    }
  })
  expect((told as TypeError).message).toContain(`@token-introspection/client/${name}`)
})
