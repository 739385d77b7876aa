/** RFC 9110 §15.5: header fields and limits for 401, 405 and 413. */
import { parseChallenges } from '@token-introspection/core'
import { describe, expect, test } from 'vitest'
import { basic, createEndpoint, post, send, token, type WireRequest } from '../endpoint.ts'

const active = { token: token('active') }

describe('RFC 9110 §15.5', () => {
  test.each<[string, WireRequest]>([
    ['no credentials', post(active, { authorization: undefined })],
    ['wrong credentials in the field', post(active, { authorization: basic('orders-api', 'wrong') })],
    [
      'wrong credentials in the body',
      post({ ...active, client_id: 'orders-api', client_secret: 'wrong' }, { authorization: undefined }),
    ],
    ['Bearer', post(active, { authorization: 'Bearer abc' })],
    ['an assertion', post({ ...active, client_assertion: 'e30.e30.' }, { authorization: undefined })],
  ])('ERR-03 has a challenge in the 401 to %s', async (_, request) => {
    for (const methods of [undefined, ['client_secret_post']] as const) {
      const { handler } = await createEndpoint({ clientAuthentication: { methods } })
      const response = await send(handler, request)
      expect(response.status).toBe(401)
      expect(parseChallenges(response.headers['www-authenticate'] ?? '')).toHaveLength(1)
    }
  })

  test.each(['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'post', 'QUERY'])(
    'REQ-21 answers %s with 405 and Allow: POST',
    async (method) => {
      const { handler } = await createEndpoint()
      const { status, headers } = await handler.handle({ method, header: () => undefined, readBody: () => '' })
      expect([status, headers.allow]).toEqual([405, 'POST'])
    },
  )

  test('REQ-25 answers a body over the limit with 413, and stops reading it', async () => {
    const { handler } = await createEndpoint()
    let octets = 0
    const body = new ReadableStream<Uint8Array<ArrayBuffer>>(
      {
        pull(controller) {
          octets += 8192
          controller.enqueue(new Uint8Array(8192).fill(97))
        },
      },
      { highWaterMark: 0 },
    )
    const headers = Object.fromEntries(post('').headers)
    const response = await handler(new Request('https://as/', { method: 'POST', headers, body, duplex: 'half' }))
    expect(response.status).toBe(413)
    expect(octets).toBeLessThanOrEqual(32_768 + 8192)
  })

  test('REQ-25 answers a form with too many parameters with 400', async () => {
    const { handler } = await createEndpoint({ request: { maxBodyBytes: 1_048_576 } })
    const response = await send(handler, post(`token=${token('active')}${'&a'.repeat(100_000)}`))
    expect(response.status).toBe(400)
  })
})
