/** `watch` of guards and adapters: an event stream in each framework, and upgrades of Node. */
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { connect, type AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { getRequestListener } from '@hono/node-server'
import {
  type ClientGuard,
  clientSecretBasic,
  combineIssuers,
  type Guard,
  IntrospectionClient,
  Refusal,
  type WatchEnded,
} from '@token-introspection/client'
import { expressGuard } from '@token-introspection/client/express'
import { fastifyGuard } from '@token-introspection/client/fastify'
import { honoGuard } from '@token-introspection/client/hono'
import { koaGuard } from '@token-introspection/client/koa'
import { applyDecision, nodeGuard, refuseUpgrade, toGuardRequest } from '@token-introspection/client/node'
import express from 'express'
import Fastify from 'fastify'
import { Hono } from 'hono'
import { streamSSE } from 'hono/streaming'
import Koa from 'koa'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { byName, refusal as refused401, serve } from './guard-fixtures.ts'

const TOKEN = 'Bearer abc'
const policy = { audience: 'urn:orders', scope: 'a' }

function create(members: object = {}, sources: readonly ('header' | 'form')[] = ['header']) {
  const client = new IntrospectionClient({
    issuer: 'https://as.example.com',
    endpoint: 'https://as.example.com/introspect',
    clientAuthentication: clientSecretBasic('orders-api', 'secret'),
    transport: {
      fetch: () => Promise.resolve(Response.json({ active: true, aud: 'urn:orders', scope: 'a', ...members })),
    },
    token: { sources },
  })
  onTestFinished(() => client.close())
  return client
}

/** Keeps a response open until the signal aborts, and then says why. */
function stream(response: ServerResponse, signal: AbortSignal): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  response.write('open ')
  signal.addEventListener('abort', () => response.end((signal.reason as WatchEnded).reason), { once: true })
}

/** A server with an event stream behind a guard. */
const frameworks: Readonly<Record<string, (guard: ClientGuard) => Promise<string>>> = {
  Express(guard) {
    const mayRead = expressGuard(guard)
    return serve(express().get('/', mayRead, (request, response) => stream(response, mayRead.watch(request, response))))
  },
  Koa(guard) {
    const mayRead = koaGuard(guard)
    const app = new Koa().use(mayRead).use((context) => {
      context.respond = false
      stream(context.res, mayRead.watch(context, context.res))
    })
    const listener = app.callback()
    return serve((request, response) => void listener(request, response))
  },
  async Fastify(guard) {
    const mayRead = fastifyGuard(guard)
    const app = Fastify()
    onTestFinished(() => app.close())
    app.get('/', { onRequest: mayRead }, (request, reply) => {
      reply.hijack()
      stream(reply.raw, mayRead.watch(request, reply))
    })
    return await app.listen({ port: 0, host: '127.0.0.1' })
  },
  Hono(guard) {
    const mayRead = honoGuard(guard)
    const app = new Hono().get('/', mayRead, (context) =>
      streamSSE(context, async (events) => {
        const signal = mayRead.watch(context)
        await events.write('open ')
        await Promise.race([once(signal, 'abort'), once(context.req.raw.signal, 'abort')])
        if (signal.aborted) await events.write((signal.reason as WatchEnded).reason)
      }),
    )
    const listener = getRequestListener(app.fetch, { overrideGlobalObjects: false })
    return serve((request, response) => void listener(request, response))
  },
  Node(guard) {
    const mayRead = nodeGuard(guard)
    return serve((request, response) => {
      void mayRead(request, response).then((token) => token && stream(response, mayRead.watch(request, response)))
    })
  },
}

describe.each(Object.entries(frameworks))('an event stream in %s', (_, start) => {
  async function open() {
    const client = create()
    const leaving = new AbortController()
    const url = await start(client.guard(policy))
    const response = await fetch(url, { headers: { authorization: TOKEN }, signal: leaving.signal })
    const reader = (response.body as ReadableStream<Uint8Array>).pipeThrough(new TextDecoderStream()).getReader()
    expect(await reader.read()).toEqual({ done: false, value: 'open ' })
    expect(client.statistics().watched).toBe(1)
    return { client, leaving, reader }
  }

  test('ends when its token is not good any more', async () => {
    const { client, reader } = await open()
    await client.close()
    expect(await reader.read()).toEqual({ done: false, value: 'unchecked' })
    expect(await reader.read()).toMatchObject({ done: true })
  })

  test('is not watched after its receiver has left', async () => {
    const { client, leaving } = await open()
    leaving.abort()
    await expect.poll(() => client.statistics().watched).toBe(0)
  })
})

/** Why a watch ended, as soon as it has. */
async function reasonOf(signal: AbortSignal): Promise<unknown> {
  if (!signal.aborted) await once(signal, 'abort')
  const { reason, refusal } = signal.reason as WatchEnded
  return { reason, refusal }
}

describe('watch of a guard', () => {
  const until = new AbortController().signal
  const request = { headers: new Headers({ authorization: TOKEN }) }

  test.each<[string, object, object]>([
    ['scope', { scope: 'b' }, { reason: 'policy', refusal: 'scope' }],
    ['audience', { aud: 'urn:other' }, { reason: 'policy', refusal: 'audience' }],
    ['activity', { active: false }, { reason: 'inactive' }],
  ])('judges by the options of the guard: %s', async (_, members, ended) => {
    const client = create(members)
    expect(await reasonOf(client.guard(policy).watch(request, { until }))).toEqual(ended)
    const combined = combineIssuers({ issuers: { ours: client }, fallback: 'ours' })
    expect(await reasonOf(combined.guard(policy).watch(request, { until }))).toEqual(ended)
  })

  test('gives the check of the guard the request', async () => {
    const check = vi.fn<(token: unknown, asked: unknown) => boolean>(() => false)
    const signal = create()
      .guard({ ...policy, check })
      .watch(request, { until })
    expect(await reasonOf(signal)).toEqual({ reason: 'policy', refusal: 'check' })
    expect(check.mock.calls[0]?.[1]).toBe(request)
  })

  test('watches nothing for a request without a token, which only an optional guard lets pass', () => {
    const client = create()
    const nobody = { headers: new Headers() }
    expect(client.guard({ ...policy, optional: true }).watch(nobody, { until }).aborted).toBe(false)
    expect(client.guard(policy).watch(nobody, { until }).reason).toMatchObject({ reason: 'inactive' })
    expect(client.statistics().watched).toBe(0)
  })

  test('finds a token in a parsed form, and says so when only the guard has read the form', () => {
    const client = create({}, ['header', 'form'])
    const guard = client.guard(policy)
    const type = { 'content-type': 'application/x-www-form-urlencoded' }
    const parsed = { method: 'POST', headers: new Headers(type), form: { access_token: 'abc' } }
    expect(guard.watch(parsed, { until }).aborted).toBe(false)
    expect(client.statistics().watched).toBe(1)
    const unread = new Request('https://api.example.com', { method: 'POST', headers: type, body: 'access_token=abc' })
    expect(() => guard.watch(unread, { until })).toThrow(/^request: /)
  })

  test.each([
    ['no token for a response that is closed', { destroyed: true }, 0],
    ['no token for a WebSocket that is closed', { readyState: 3 }, 0],
    ['the token for a WebSocket that is closing', { readyState: 2 }, 1],
  ])('watches %s', (_, state, watched) => {
    const client = create()
    const connection = { ...state, once: () => undefined }
    const incoming = { headers: { authorization: TOKEN } } as IncomingMessage
    nodeGuard(client.guard(policy)).watch(incoming, connection)
    expect(client.statistics().watched).toBe(watched)
  })

  test('throws for options and arguments that are wrong', () => {
    const guard = create().guard(policy)
    expect(() => guard.watch(request, {} as never)).toThrow(/^watch\.until: /)
    expect(() => guard.watch(request, { until, everySecond: 5 } as never)).toThrow(/^watch\.everySecond: /)
    expect(() => guard.watch('Bearer abc' as never, { until })).toThrow(/^request: /)
    expect(() => expressGuard(guard).watch({ headers: {} } as never, {} as never)).toThrow(/^connection: /)
    expect(() => expressGuard(byName).watch({ headers: {} } as never, {} as never)).toThrow(/^watch: /)
    expect(() => honoGuard(byName).watch({ req: {} } as never)).toThrow(/^watch: /)
  })
})

/** The answer of a server that refuses an upgrade, or the name of the error. */
async function upgrade(refused: Refusal): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  const told = Promise.withResolvers<string>()
  server.on('upgrade', (_, socket) => {
    try {
      refuseUpgrade(socket, refused)
      // A second answer changes nothing, and does not throw.
      refuseUpgrade(socket, refused)
    } catch (error) {
      socket.destroy()
      told.resolve((error as Error).name)
    }
  })
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1')
  socket.write('GET / HTTP/1.1\r\nHost: api\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n')
  void text(socket).then(told.resolve)
  return await told.promise
}

describe('refuseUpgrade', () => {
  const refusal = new Refusal({
    reason: 'token_absent',
    status: 401,
    headers: { 'www-authenticate': 'Bearer realm="a"', 'content-type': 'application/json' },
    body: '{"error":"é"}',
  })

  test('answers with the status, the fields and the body, and closes the connection', async () => {
    expect(await upgrade(refusal)).toBe(
      'HTTP/1.1 401 \r\nwww-authenticate: Bearer realm="a"\r\ncontent-type: application/json\r\n' +
        'content-length: 14\r\nconnection: close\r\n\r\n{"error":"é"}',
    )
  })

  test('sends no field that could end the line', async () => {
    const broken = new Refusal({
      reason: 'token_absent',
      status: 401,
      headers: { 'www-authenticate': 'a\r\nx: y' },
      body: '',
    })
    expect(await upgrade(broken)).toBe('TypeError')
  })
})

const byToken: Guard = async ({ headers }) =>
  headers.get('authorization') === TOKEN
    ? { allowed: true, token: { active: true }, headers: { 'x-a': 'b' } }
    : refused401

test('applyDecision sends a refusal, or adds the fields of a request that may pass', async () => {
  const origin = await serve((request, response) => {
    void byToken(toGuardRequest(request)).then(
      (decision) => applyDecision(decision, response) && response.end('passed'),
    )
  })
  const [passed, refused] = await Promise.all([fetch(origin, { headers: { authorization: TOKEN } }), fetch(origin)])
  expect([passed.status, passed.headers.get('x-a'), await passed.text()]).toEqual([200, 'b', 'passed'])
  expect([refused.status, refused.headers.get('www-authenticate')]).toEqual([401, 'Bearer realm="a"'])
})
