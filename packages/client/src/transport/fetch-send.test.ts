import { describe, expect, test, vi } from 'vitest'
import { Deadlines } from './deadline.ts'
import { type Fetch, fetchSend } from './fetch-send.ts'
import type { TransportRequest } from './transport.ts'

const maxResponseBytes = 1024

function request(members: Partial<TransportRequest> = {}): TransportRequest {
  return {
    method: 'POST',
    url: 'https://as.example.com/introspect',
    headers: { accept: 'application/json' },
    body: 'token=x',
    maxResponseBytes,
    cancellation: new Deadlines(2000).start(),
    ...members,
  }
}

/** A body with one chunk per element, and whether the reader has cancelled it. */
function chunked(chunks: readonly (string | Error)[]) {
  const cancel = vi.fn()
  const pending = [...chunks]
  const body = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        const chunk = pending.shift()
        if (chunk === undefined) controller.close()
        else if (chunk instanceof Error) controller.error(chunk)
        else controller.enqueue(new TextEncoder().encode(chunk))
      },
      cancel,
    },
    { highWaterMark: 0 },
  )
  return { body, cancel, left: () => pending.length }
}

async function sendTo(response: Response, members: Partial<TransportRequest> = {}) {
  const reply = await fetchSend(() => Promise.resolve(response))(request(members))
  return { ...reply, text: new TextDecoder().decode(reply.body) }
}

describe('fetchSend', () => {
  test('sends the method, the fields and the body, follows no redirect and can be cancelled', async () => {
    const fetch = vi.fn<Fetch>(() => Promise.resolve(new Response('{}')))
    const asked = request()
    await fetchSend(fetch)(asked)
    expect(fetch.mock.calls).toEqual([
      [
        'https://as.example.com/introspect',
        {
          method: 'POST',
          headers: { accept: 'application/json' },
          body: 'token=x',
          redirect: 'manual',
          signal: asked.cancellation.signal,
        },
      ],
    ])
  })

  test('sends no body with GET', async () => {
    const fetch = vi.fn<Fetch>(() => Promise.resolve(new Response('{}')))
    await fetchSend(fetch)(request({ method: 'GET', body: undefined }))
    expect(fetch.mock.calls[0]?.[1]).not.toHaveProperty('body')
  })

  test('returns status, fields and the whole body', async () => {
    const { body } = chunked(['{"act', 'ive":', 'true}'])
    const reply = await sendTo(new Response(body, { status: 203, headers: { 'Content-Type': 'text/x' } }))
    expect(reply).toMatchObject({ status: 203, text: '{"active":true}' })
    expect(reply.header('content-type')).toBe('text/x')
    expect(reply.header('retry-after')).toBeUndefined()
  })

  test('returns an empty body when there is none', async () => {
    expect(await sendTo(new Response(null, { status: 204 }))).toMatchObject({ status: 204, text: '' })
  })

  test('reports a redirect that the runtime hides as a redirect', async () => {
    const hidden = Object.defineProperty(Response.error(), 'type', { value: 'opaqueredirect' })
    expect((await sendTo(hidden)).status).toBe(302)
  })

  test('accepts a body of exactly the allowed size', async () => {
    expect((await sendTo(new Response(chunked(['a'.repeat(1000), 'b'.repeat(24)]).body))).text).toHaveLength(1024)
  })

  test('stops reading after one octet more, and cancels the body', async () => {
    const { body, cancel, left } = chunked(['a'.repeat(1000), 'b'.repeat(25), 'never read', 'never read'])
    await expect(sendTo(new Response(body))).rejects.toMatchObject({ code: 'ERR_RESPONSE_MALFORMED' })
    expect(cancel).toHaveBeenCalledTimes(1)
    expect(left()).toBe(2)
  })

  test('survives a body that cannot be cancelled', async () => {
    const { body, cancel } = chunked(['a'.repeat(2000)])
    cancel.mockRejectedValue(new Error('no'))
    await expect(sendTo(new Response(body))).rejects.toMatchObject({ code: 'ERR_RESPONSE_MALFORMED' })
  })

  test('reports a failed fetch as an unreachable server', async () => {
    const cause = new TypeError('fetch failed')
    await expect(fetchSend(() => Promise.reject(cause))(request())).rejects.toMatchObject({
      code: 'ERR_TRANSPORT_UNREACHABLE',
      retryable: true,
      cause,
    })
  })

  test('reports a body that breaks off as an unreachable server', async () => {
    const cause = new TypeError('terminated')
    await expect(sendTo(new Response(chunked(['{"active":true}', cause]).body))).rejects.toMatchObject({
      code: 'ERR_TRANSPORT_UNREACHABLE',
      cause,
    })
  })
})
