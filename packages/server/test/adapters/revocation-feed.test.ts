/** The revocation feed in every framework: questions, and streams over real connections. */
import { once } from 'node:events'
import { createServer, type IncomingMessage, request as httpRequest, type Server } from 'node:http'
import type { RevocationPage } from '@token-introspection/core/revocations'
import Fastify from 'fastify'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { toFastifyPlugin } from '../../src/adapters/fastify.ts'
import { toNodeHandler } from '../../src/adapters/node.ts'
import { json } from '../endpoint.ts'
import { createFeedEndpoint, get, STREAM } from '../feed-endpoint.ts'
import { FIRST_POSITION } from '../fake-revocation-log.ts'
import { dial, exchange, listen, portOf } from '../path/forms.ts'
import { frameworks } from './framework-forms.ts'
import type { FrameworkForm } from './framework-forms/framework-form.ts'

const hosts: readonly Pick<FrameworkForm, 'name' | 'start' | 'streams'>[] = [
  { name: 'node:http', start: (handler) => listen(toNodeHandler(handler)) },
  ...frameworks,
]

/** A stream over a connection, and its messages so far. */
async function openStream(server: Server) {
  const { target, headers } = get(`?after=${FIRST_POSITION}`, { accept: STREAM })
  const sent = httpRequest({ port: portOf(server), path: target, agent: false, headers: Object.fromEntries(headers) })
  sent.on('error', () => undefined).end()
  onTestFinished(() => void sent.destroy())
  const [response] = (await once(sent, 'response')) as [IncomingMessage]
  const pages: RevocationPage[] = []
  let rest = ''
  const read = (): void =>
    void response.on('data', (part: string) => {
      const messages = (rest + part).split('\n\n')
      rest = messages.pop() as string
      for (const message of messages) {
        const data = /^data: (.*)$/m.exec(message)?.[1]
        if (data !== undefined) pages.push(JSON.parse(data) as RevocationPage)
      }
    })
  response.setEncoding('utf8').on('error', () => undefined)
  return { sent, response, read, pages, position: () => pages.at(-1)?.position }
}

describe.each(hosts)('$name', ({ start }) => {
  test('answers a question in the query', async () => {
    const { handler, log } = createFeedEndpoint()
    const event = await log.append('token', 'a')
    const response = await exchange(dial(await start(handler)), get(`?after=${FIRST_POSITION}`))
    expect([response.status, json(response)]).toEqual([200, { position: event.position, events: [event] }])
  })
})

describe.each(hosts.filter(({ streams }) => streams === false))('$name', ({ start }) => {
  test('answers a follower that asks for a stream with a page', async () => {
    const { handler, log } = createFeedEndpoint()
    const event = await log.append('token', 'a')
    const question = get(`?after=${FIRST_POSITION}`, { accept: `${STREAM}, application/json;q=0.5` })
    const response = await exchange(dial(await start(handler)), question)
    expect(response).toMatchObject({ status: 200, headers: { 'content-type': 'application/json' } })
    expect(json(response)).toEqual({ position: event.position, events: [event] })
    expect(log.listeners.size).toBe(0)
  })
})

describe.each(hosts.filter(({ streams }) => streams !== false))('$name', ({ start }) => {
  test('sends each page of a stream as it comes, and notices that a follower leaves', async () => {
    const { handler, log, events } = createFeedEndpoint()
    const stream = await openStream(await start(handler))
    expect([stream.response.statusCode, stream.response.headers]).toMatchObject([
      200,
      { 'content-type': STREAM, 'cache-control': 'no-store, no-transform', 'x-accel-buffering': 'no' },
    ])
    stream.read()
    await expect.poll(stream.position).toBe(FIRST_POSITION)
    for (const identifier of ['a', 'b', 'c']) {
      const event = await log.append('token', identifier)
      await expect.poll(stream.position).toBe(event.position)
      expect(stream.pages.at(-1)?.events).toEqual([event])
    }
    stream.sent.destroy()
    await expect.poll(() => events).toMatchObject([{ type: 'followed', form: 'stream', ended: 'left', events: 3 }])
    expect(log.listeners.size).toBe(0)
  })

  test('ends a stream when the handler closes', async () => {
    const { handler } = createFeedEndpoint()
    const stream = await openStream(await start(handler))
    stream.read()
    const ended = once(stream.response, 'end')
    handler.close()
    await ended
    expect(stream.response.complete).toBe(true)
  })
})

const DROPPED_BY = ['node:http', 'Express 5', 'Fastify', 'Koa', 'Hono on Node']

describe.each(hosts.filter(({ name }) => DROPPED_BY.includes(name)))(
  'a follower that never reads, $name',
  ({ name, start }) => {
    test('is dropped, and the others go on', async () => {
      // The server of Hono prints every error of a stream.
      const printed = vi.spyOn(console, 'error').mockImplementation(() => undefined)
      onTestFinished(() => printed.mockRestore())
      const { handler, log, events } = createFeedEndpoint()
      const server = await start(handler)
      const good = await openStream(server)
      good.read()
      const slow = await openStream(server)
      slow.response.pause()
      while (events.length === 0) {
        for (let count = 0; count < 500; count++) await log.append('token', 'a')
        await expect.poll(good.position, { interval: 5 }).toBe(log.position)
      }
      expect(events).toMatchObject([{ type: 'followed', form: 'stream', ended: 'slow' }])
      expect(printed.mock.calls.map(([error]: unknown[]) => (error as Error).message)).toEqual(
        name === 'Hono on Node' ? ['the receiver does not read its response, so the connection is broken off'] : [],
      )
      const last = await log.append('token', 'last')
      await expect.poll(good.position).toBe(last.position)
      expect(log.listeners.size).toBe(1)
    })
  },
)

test('Fastify closes although a stream is open', async () => {
  const { handler, events } = createFeedEndpoint()
  const app = Fastify()
  await app.register(toFastifyPlugin(handler), { path: '/introspect' })
  await app.listen({ port: 0, host: '127.0.0.1' })
  const stream = await openStream(app.server)
  stream.read()
  await app.close()
  expect(events).toMatchObject([{ ended: 'closed' }])
})

test('a server of Node closes although a stream is open, after the next sign of life', async () => {
  const { handler, events } = createFeedEndpoint({ feed: { heartbeatSeconds: 1 } })
  const server = createServer(toNodeHandler(handler)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const stream = await openStream(server)
  stream.read()
  const closed = once(server, 'close')
  server.close()
  await closed
  expect(events).toMatchObject([{ ended: 'closed' }])
})
