/** Metadata over real connections, with servers that fail, recover and move. */
import { findFreePort } from '../../../core/test/find-free-port.ts'
import {
  clientSecretBasic,
  IntrospectionClient,
  type IntrospectionClientEvent,
  type IntrospectionClientOptions,
} from '@token-introspection/client'
import { describe, expect, test } from 'vitest'
import { type Exchange, type LoopbackServer, serve } from '../loopback-server.ts'

const HOUR_MS = 3_600_000
const METADATA_PATH = '/.well-known/oauth-authorization-server'

/** A server with the metadata, which can fail, and a server with the endpoints, which never fails. */
async function setUp(options: Partial<IntrospectionClientOptions> = {}) {
  await using stack = new AsyncDisposableStack()
  const clock = { nowMs: 1_764_000_000_000 }
  const script = { path: '/introspect' }
  const events: IntrospectionClientEvent[] = []
  const api = stack.use(
    await serve(({ request, response }) => {
      response.setHeader('content-type', 'application/json')
      if (request.url !== script.path) response.statusCode = 404
      response.end(request.url === script.path ? '{"active":true}' : '{}')
    }),
  )
  let requests = 0
  const publish = ({ request, response }: Exchange): void => {
    response.setHeader('content-type', 'application/json')
    if (request.url !== METADATA_PATH) response.statusCode = 404
    else requests += 1
    response.end(JSON.stringify({ issuer, introspection_endpoint: `${api.origin}${script.path}` }))
  }
  const home: { server: LoopbackServer | undefined } = {
    server: await serve(publish, '127.0.0.1', await findFreePort()),
  }
  stack.defer(() => home.server?.[Symbol.asyncDispose]())
  const issuer = home.server?.origin as string
  const client = stack.use(
    new IntrospectionClient({
      issuer,
      clientAuthentication: clientSecretBasic('api', 'secret'),
      now: () => clock.nowMs,
      onEvent: (event) => events.push(event),
      ...options,
      transport: { allowHttpOnLoopback: true, ...options.transport },
    }),
  )
  const owned = stack.move()
  return {
    client,
    api,
    script,
    metadataRequests: () => requests,
    failures: () => events.filter(({ type }) => type === 'metadata_failed'),
    asked: () => api.requests.map(({ url }) => url),
    wait(ms: number) {
      clock.nowMs += ms
    },
    async goAway() {
      await home.server?.[Symbol.asyncDispose]()
      home.server = undefined
    },
    async comeBack() {
      home.server = await serve(publish, '127.0.0.1', Number(new URL(issuer).port))
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}

describe('META-15 metadata', () => {
  test('take one request for 1,000 first calls', async () => {
    await using path = await setUp({ transport: { deadlineMs: 30_000, maxQueuedRequests: 1000 } })
    const calls = Array.from({ length: 1000 }, (_, call) => path.client.introspect(`token-${call}`))
    const results = await Promise.all(calls)
    expect(results.every(({ active }) => active)).toBe(true)
    expect(path.metadataRequests()).toBe(1)
    expect(path.api.requests).toHaveLength(1000)
  })

  test('are fetched once for 1,000 first calls that fail, and again soon after', async () => {
    const sent: string[] = []
    const fetchAndCount = (url: string, init: RequestInit): Promise<Response> => {
      sent.push(url)
      return fetch(url, init)
    }
    await using path = await setUp({ transport: { fetch: fetchAndCount, circuitBreaker: false } })
    await path.goAway()
    const calls = Array.from({ length: 1000 }, (_, call) => path.client.introspect(`token-${call}`))
    const codes = (await Promise.allSettled(calls)).map(
      (call) => call.status === 'rejected' && (call.reason as { code?: unknown }).code,
    )
    expect(new Set(codes)).toEqual(new Set(['ERR_TRANSPORT_UNREACHABLE']))
    // One attempt, with three tries to connect.
    expect(sent).toHaveLength(3)
    await path.comeBack()
    path.wait(2000)
    expect(await path.client.introspect('a')).toMatchObject({ active: true })
  })

  test('that are old are used while their server is down, and replaced when it is back', async () => {
    // The circuit and the wait before the next try use this clock, too.
    await using path = await setUp({ transport: { circuitBreaker: false, retry: false } })
    await path.client.introspect('a')
    await path.goAway()
    for (let hour = 1; hour <= 24; hour++) {
      path.wait(HOUR_MS)
      expect(await path.client.introspect('a')).toMatchObject({ active: true })
      await expect.poll(() => path.failures()).toHaveLength(hour)
    }
    expect(path.metadataRequests()).toBe(1)
    expect(path.failures()[0]).toMatchObject({ error: { code: 'ERR_TRANSPORT_UNREACHABLE' } })
    await path.comeBack()
    path.wait(30_000)
    await path.client.introspect('a')
    await expect.poll(() => path.metadataRequests()).toBe(2)
  })

  test('that are too old are not used, and the calls fail with that reason', async () => {
    await using path = await setUp()
    await path.client.introspect('a')
    await path.goAway()
    path.wait(25 * HOUR_MS)
    await expect(path.client.introspect('a')).rejects.toMatchObject({ code: 'ERR_TRANSPORT_UNREACHABLE' })
    expect(path.asked()).toEqual(['/introspect'])
    await path.comeBack()
    path.wait(2000)
    expect(await path.client.introspect('a')).toMatchObject({ active: true })
  })

  test('are fetched again when the endpoint has moved', async () => {
    await using path = await setUp()
    await path.client.introspect('a')
    path.script.path = '/v2/introspect'
    path.wait(30_000)
    await expect(path.client.introspect('a')).rejects.toMatchObject({ code: 'ERR_TRANSPORT_STATUS', status: 404 })
    await expect.poll(() => path.metadataRequests()).toBe(2)
    await expect.poll(() => path.client.introspect('a')).toMatchObject({ active: true })
    expect(path.asked().at(-1)).toBe('/v2/introspect')
  })

  test('do not harm answers by naming another endpoint of the same issuer', async () => {
    await using path = await setUp({ cache: { maxAgeSeconds: 86_400 } })
    await path.client.introspect('a')
    path.script.path = '/v2/introspect'
    path.wait(HOUR_MS)
    await expect(path.client.introspect('b')).rejects.toMatchObject({ status: 404 })
    await expect.poll(() => path.client.introspect('b')).toMatchObject({ active: true })
    expect(await path.client.introspect('a')).toMatchObject({ active: true })
    expect(path.client.statistics()).toMatchObject({ hits: 1 })
  })
})
