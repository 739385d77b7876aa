/** Events that no service of the common table sends, or that an attacker shapes. */
import { describe, expect, test, vi } from 'vitest'
import { type LambdaEvent, toLambdaHandler } from '../../src/adapters/lambda.ts'
import type { HttpHandler, HttpRequest } from '../../src/index.ts'
import { basic, createEndpoint, FORM, form, INACTIVE, post, SECRET, token } from '../endpoint.ts'
import { dial, exchange, listen } from '../path/forms.ts'
import { createLambdaServer, EVENTS } from './lambda-gateway.ts'

const authorization = basic('orders-api', SECRET)
const body = form({ token: token('active') })

/** An introspection request of `orders-api`, with changes. */
function eventOf(changes: Partial<LambdaEvent> = {}): LambdaEvent {
  return {
    rawPath: '/introspect',
    rawQueryString: '',
    headers: { 'content-type': FORM, authorization },
    requestContext: { http: { method: 'POST' } },
    body,
    ...changes,
  }
}

test('refuses what is not a handler of this package', () => {
  expect(() => toLambdaHandler((() => undefined) as never)).toThrow('handler: must be the handler')
})

describe('toLambdaHandler', () => {
  test.each<[string, Partial<LambdaEvent>, number, string]>([
    ['text', {}, 200, '"active":true'],
    ['base64', { body: Buffer.from(body).toString('base64'), isBase64Encoded: true }, 200, '"active":true'],
    ['base64 without the flag', { body: Buffer.from(body).toString('base64') }, 400, 'invalid_request'],
    ['the flag without base64', { isBase64Encoded: true }, 400, 'invalid_request'],
    ['no body', { body: undefined }, 400, 'invalid_request'],
    ['null', { body: null, isBase64Encoded: true }, 400, 'invalid_request'],
    ['six megabytes', { body: `${body}&a=${'a'.repeat(6_000_000)}` }, 413, 'invalid_request'],
    ['six megabytes of base64', { body: 'AAAA'.repeat(1_500_000), isBase64Encoded: true }, 413, 'invalid_request'],
  ])('answers a body: %s', async (_, changes, status, part) => {
    const { handler } = await createEndpoint()
    const result = await toLambdaHandler(handler)(eventOf(changes))
    expect(result.statusCode).toBe(status)
    expect(result.body).toContain(part)
  })

  test.each<[string, LambdaEvent['headers']]>([
    ['joined by AWS', { 'content-type': FORM, authorization: `${authorization},${authorization}` }],
    ['under two spellings', { 'content-type': FORM, authorization, Authorization: authorization }],
    ['with line breaks', { 'content-type': FORM, authorization: `${authorization}\r\nx-injected: a` }],
  ])('refuses Authorization fields %s, and repeats nothing', async (_, headers) => {
    const { handler } = await createEndpoint()
    const result = await toLambdaHandler(handler)(eventOf({ headers }))
    expect(result.statusCode).toBe(401)
    expect(JSON.stringify(result)).not.toMatch(/injected|\\r|\\n/)
    expect(JSON.stringify(result)).not.toContain(authorization)
  })

  test('rejects an event that is no HTTP request, and does not call the handler', async () => {
    const handle = vi.fn<HttpHandler['handle']>()
    await expect(toLambdaHandler({ handle })({ Records: [] } as never)).rejects.toThrow(TypeError)
    expect(handle).not.toHaveBeenCalled()
  })

  test('shows the handler the certificate that API Gateway validated, and the address of the sender', async () => {
    const clientCert = { clientCertPem: '-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----' }
    const seen: HttpRequest[] = []
    const handle: HttpHandler['handle'] = (request) => {
      seen.push(request)
      return { status: 200, headers: {}, body: INACTIVE }
    }
    const http = { method: 'POST', sourceIp: '203.0.113.7' }
    await toLambdaHandler({ handle })(eventOf({ requestContext: { http, authentication: { clientCert } } }))
    await toLambdaHandler({ handle })(eventOf())
    expect(seen[0]?.peerCertificate?.()).toEqual({ der: Uint8Array.of(0x30, 0), chainValidated: true })
    expect(seen.map((request) => request.remoteAddress?.())).toEqual(['203.0.113.7', undefined])
    expect(seen[1]?.peerCertificate?.()).toBeUndefined()
  })

  test('judges the last of two Authorization fields behind a load balancer without multi-value headers', async () => {
    const { handler } = await createEndpoint()
    const server = createLambdaServer(EVENTS['load balancer'], toLambdaHandler(handler))
    const listening = await listen((request, response) => void server.emit('request', request, response))
    const wrong = basic('orders-api', 'wrong')
    const ask = async (...fields: string[]) =>
      (await exchange(dial(listening), post(body, { authorization: fields, connection: 'close' }))).status
    expect([await ask(wrong, authorization), await ask(authorization, wrong)]).toEqual([200, 401])
  })
})
