/** The fetch form with every kind of body that frameworks and senders give it. */
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import type { UnderlyingSource } from 'node:stream/web'
import express from 'express'
import { describe, expect, onTestFinished, test } from 'vitest'
import { ACTIVE, createEndpoint, ISSUER, post, toWebRequest, token } from '../endpoint.ts'

const encoded = `token=${token('active')}`
const serverError = { status: 500, body: '{"error":"server_error"}' }
const bodyUnavailable = [
  {
    type: 'refused',
    status: 500,
    error: expect.objectContaining({ code: 'ERR_REQUEST_BODY_UNAVAILABLE' }) as unknown,
  },
]

// The alias has no types. The functions that this test calls are the same in both versions.
const express4 = createRequire(import.meta.url)('express4') as typeof express

/** A request with a stream from the test as its body. */
function streaming(source: UnderlyingSource<Uint8Array<ArrayBuffer>>, headers: Record<string, string> = {}): Request {
  return new Request(ISSUER, {
    method: 'POST',
    headers: { ...Object.fromEntries(post('').headers), ...headers },
    body: new ReadableStream(source, { highWaterMark: 0 }),
    duplex: 'half',
  })
}

async function answer(request: Request) {
  const { handler, events } = await createEndpoint()
  const response = await handler(request)
  return { response: { status: response.status, body: await response.text() }, events }
}

describe('the fetch form', () => {
  test('returns a web Response', async () => {
    const { handler } = await createEndpoint()
    const response = await handler(toWebRequest(post(encoded)))
    expect(response).toBeInstanceOf(Response)
    expect(await response.json()).toEqual(ACTIVE)
  })

  test('answers 500 when the body was already read', async () => {
    const request = toWebRequest(post(encoded))
    await request.text()
    const { response, events } = await answer(request)
    expect(response).toEqual(serverError)
    expect(events).toMatchObject(bodyUnavailable)
  })

  test('answers 500 when another reader holds the body', async () => {
    const request = toWebRequest(post(encoded))
    request.body?.getReader()
    const { response, events } = await answer(request)
    expect(response).toEqual(serverError)
    expect(events).toMatchObject(bodyUnavailable)
  })

  test('treats a missing body as an empty one', async () => {
    const request = new Request(ISSUER, { method: 'POST', headers: Object.fromEntries(post('').headers) })
    expect(request.body).toBeNull()
    expect((await answer(request)).response.status).toBe(400)
  })

  test('answers 500 when the body fails before its end', async () => {
    let pulled = 0
    const request = streaming({
      pull(controller) {
        if (pulled++ === 0) controller.enqueue(Buffer.from(encoded))
        else controller.error(new Error('connection reset'))
      },
    })
    const { response, events } = await answer(request)
    expect(response).toEqual(serverError)
    expect(events).toMatchObject(bodyUnavailable)
  })

  test('reads a body that arrives one octet at a time', async () => {
    const octets = [...Buffer.from(`${encoded}&x=é`)]
    const request = streaming({
      pull(controller) {
        const octet = octets.shift()
        if (octet === undefined) controller.close()
        else controller.enqueue(Uint8Array.of(octet))
      },
    })
    const { response } = await answer(request)
    expect(JSON.parse(response.body)).toEqual(ACTIVE)
  })

  test('stops reading and cancels the stream when the body exceeds the cap', async () => {
    let octets = 0
    let cancelled = false
    const request = streaming({
      pull(controller) {
        octets += 10_000
        controller.enqueue(new Uint8Array(10_000))
      },
      cancel() {
        cancelled = true
        // The handler must answer even if the sender never reacts to the cancellation.
        return new Promise(() => undefined)
      },
    })
    const { response } = await answer(request)
    expect([response.status, octets, cancelled]).toEqual([413, 40_000, true])
  })

  test('reads nothing of a body whose announced length exceeds the cap', async () => {
    let pulls = 0
    const request = streaming({ pull: () => void pulls++ }, { 'content-length': '32769' })
    const { response } = await answer(request)
    expect([response.status, pulls]).toEqual([413, 0])
  })

  test('counts octets although the announced length is too short', async () => {
    const request = streaming(
      {
        pull(controller) {
          controller.enqueue(new Uint8Array(40_000))
          controller.close()
        },
      },
      { 'content-length': '10' },
    )
    expect((await answer(request)).response.status).toBe(413)
  })

  test.each(['abc', '-1', '1e3', '10, 10'])('counts the octets of a body with the length %j', async (length) => {
    let pulls = 0
    const request = streaming(
      {
        pull(controller) {
          pulls++
          controller.enqueue(new Uint8Array(10_000))
        },
      },
      { 'content-length': length },
    )
    expect((await answer(request)).response.status).toBe(413)
    expect(pulls).toBeLessThan(6)
  })

  test('reads nothing of a body when it refuses the head of the request', async () => {
    let pulls = 0
    const request = streaming({ pull: () => void pulls++ }, { 'content-type': 'application/json' })
    const { response } = await answer(request)
    expect([response.status, pulls]).toEqual([415, 0])
  })
})

test.each(['GET', 'POST'])(
  'the fetch form names the right adapter when it gets a %s request of Node',
  async (method) => {
    const { handler } = await createEndpoint()
    const request = { method, url: '/introspect', headers: { 'content-type': 'application/x-www-form-urlencoded' } }
    // Express 4 does not look at the promise of what it mounts, so the error must be thrown.
    expect(() => handler(request as never)).toThrow(/^request: must be a web Request.*toExpressHandler\(handler\)/)
  },
)

test.each([
  ['Express 5', express],
  ['Express 4', express4],
])(
  'the fetch form that is mounted without an adapter is an error for the error handlers of %s',
  async (_, framework) => {
    const { handler } = await createEndpoint()
    const app = framework()
    app.all('/introspect', handler as never)
    app.use(sayError)
    const server: Server = createServer(app).listen(0, '127.0.0.1')
    await once(server, 'listening')
    onTestFinished(() => {
      server.closeAllConnections()
      server.close()
    })
    const { port } = server.address() as AddressInfo
    const response = await fetch(`http://127.0.0.1:${port}/introspect`, {
      method: 'POST',
      body: new URLSearchParams({ token: 'a' }),
    })
    expect(response.status).toBe(500)
    expect(await response.text()).toMatch(/toExpressHandler\(handler\)/)
  },
)

const sayError: express.ErrorRequestHandler = (error: Error, _request, response, _next) =>
  response.status(500).end(error.message)
