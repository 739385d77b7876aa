/** The OpenTelemetry entry against the SDK of OpenTelemetry. */
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics'
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base'
import { inspect } from 'node:util'
import { describe, expect, onTestFinished, test } from 'vitest'
import { recordEvents } from '../../src/adapters/opentelemetry.ts'
import { createMemoryTokenStore, createRevocationFeedHandler, createRevocationHandler } from '../../src/index.ts'
import { basic, createEndpoint, post, SECRET, send, TOKENS, token } from '../endpoint.ts'

/** A tracer and a meter that record what they get. */
function telemetry() {
  const spans = new InMemorySpanExporter()
  const tracing = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(spans)] })
  const metrics = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE)
  const reader = new PeriodicExportingMetricReader({ exporter: metrics, exportIntervalMillis: 60_000 })
  const metering = new MeterProvider({ readers: [reader] })
  onTestFinished(async () => {
    await Promise.all([tracing.shutdown(), metering.shutdown()])
  })
  return {
    tracer: tracing.getTracer('test'),
    meter: metering.getMeter('test'),
    finished: () => spans.getFinishedSpans().map(({ name, attributes, status }) => ({ name, attributes, status })),
    spans,
    points: async () => {
      await reader.forceFlush()
      const [metric] = metrics.getMetrics().at(-1)?.scopeMetrics[0]?.metrics ?? []
      return { name: metric?.descriptor.name, unit: metric?.descriptor.unit, points: metric?.dataPoints ?? [] }
    },
  }
}

const common = { 'token_introspection.endpoint': 'introspection', 'http.response.status_code': 200 }

describe('recordEvents', () => {
  test('makes a span and a measurement for every answer', async () => {
    const { tracer, meter, finished, points } = telemetry()
    const record = recordEvents({ tracer, meter })
    const toldSeconds: number[] = []
    const { handler } = await createEndpoint({
      onEvent: (event) => {
        if ('durationMs' in event) toldSeconds.push(event.durationMs / 1000)
        record(event)
      },
    })
    await send(handler, post({ token: token('active') }))
    await send(handler, post({ token: token('expired') }))
    await send(handler, post({ token: 'x' }, { authorization: basic('orders-api', 'wrong') }))
    const caller = { 'token_introspection.caller': 'orders-api' }
    expect(finished()).toMatchObject([
      {
        name: 'introspect token',
        attributes: {
          ...common,
          ...caller,
          'token_introspection.outcome': 'active',
          'token_introspection.resolver': 'store',
          'token_introspection.token_fingerprint': expect.stringMatching(/^[\w-]{16}$/) as string,
        },
        status: { code: 0 },
      },
      {
        attributes: {
          ...common,
          ...caller,
          'token_introspection.outcome': 'inactive',
          'token_introspection.reason': 'expired',
        },
        status: { code: 0 },
      },
      {
        attributes: {
          'token_introspection.outcome': 'refused',
          'error.type': 'ERR_CLIENT_AUTHENTICATION_FAILED',
          'http.response.status_code': 401,
        },
        status: { code: 0 },
      },
    ])
    const { name, unit, points: measured } = await points()
    expect([name, unit, measured.length]).toEqual(['token_introspection.server.duration', 's', 3])
    for (const { attributes, value } of measured) {
      expect(attributes).not.toHaveProperty(['token_introspection.token_fingerprint'])
      expect((value as { count: number }).count).toBe(1)
    }
    expect(measured.map(({ value }) => (value as { sum: number }).sum)).toEqual(toldSeconds)
  })

  test('starts the span at the request and ends it at the answer', async () => {
    const { tracer, spans } = telemetry()
    recordEvents({ tracer, now: () => 1_764_000_000_500 })({
      type: 'revoked',
      client: 'web',
      ended: 'token',
      durationMs: 250,
    })
    const [span] = spans.getFinishedSpans()
    expect([span?.startTime, span?.endTime]).toEqual([
      [1_764_000_000, 250_000_000],
      [1_764_000_000, 500_000_000],
    ])
  })

  test.each<[string, () => unknown, object]>([
    [
      'a store that is down',
      () => Promise.reject(new Error('down')),
      { 'error.type': 'ERR_LOOKUP_STORE', 'http.response.status_code': 503 },
    ],
    [
      'a bug',
      () => ({
        kind: 'access_token',
        get aud() {
          throw new Error('a bug')
        },
      }),
      { 'http.response.status_code': 500 },
    ],
  ])('sets the status ERROR for %s', async (_, find, attributes) => {
    const { tracer, finished } = telemetry()
    const { handler } = await createEndpoint({
      onEvent: recordEvents({ tracer }),
      lookup: { store: { find: find as () => null } },
    })
    await send(handler, post({ token: 'x' }))
    expect(finished()).toMatchObject([{ attributes, status: { code: 2 } }])
  })

  test('records revocations under a name of their own', async () => {
    const { tracer, meter, finished } = telemetry()
    const revocation = createRevocationHandler({
      clientAuthentication: { clients: [{ id: 'web', clientSecrets: [SECRET] }] },
      lookup: { store: createMemoryTokenStore() },
      onEvent: recordEvents({ tracer, meter, endpoint: 'revocation' }),
    })
    await send(revocation, post({ token: 'x' }, { authorization: basic('web', SECRET) }))
    expect(finished()).toMatchObject([
      {
        name: 'revoke token',
        attributes: {
          'token_introspection.endpoint': 'revocation',
          'token_introspection.outcome': 'revoked',
          'token_introspection.ended': 'nothing',
          'token_introspection.caller': 'web',
        },
      },
    ])
  })

  test('records refused followers of the feed, and not those that it serves', async () => {
    const { tracer, meter, finished, points } = telemetry()
    const store = createMemoryTokenStore({ revocationLog: true })
    const told: string[] = []
    const record = recordEvents({ tracer, meter, endpoint: 'feed' })
    const feed = createRevocationFeedHandler({
      clientAuthentication: { protectedResources: [{ id: 'orders-api', clientSecrets: [SECRET] }] },
      store,
      onEvent: (event) => {
        told.push(event.type)
        record(event)
      },
    })
    await send(feed, post({}, { authorization: basic('orders-api', SECRET) }))
    await send(feed, post({}, { authorization: basic('orders-api', 'wrong') }))
    expect(told).toEqual(['followed', 'refused'])
    expect(finished()).toMatchObject([
      {
        name: 'follow revocations',
        attributes: { 'token_introspection.endpoint': 'feed', 'token_introspection.outcome': 'refused' },
      },
    ])
    expect((await points()).points).toHaveLength(1)
  })

  test('records no token and no secret', async () => {
    const { tracer, meter, finished, points } = telemetry()
    const { handler } = await createEndpoint({ onEvent: recordEvents({ tracer, meter }) })
    await send(handler, post({ token: token('active') }))
    await send(handler, post({ token: token('foreign') }))
    const everything = inspect([finished(), await points()], { depth: null, maxStringLength: null })
    for (const secret of [SECRET, TOKENS.active[0], TOKENS.foreign[0]]) expect(everything).not.toContain(secret)
  })

  test.each<[string, object]>([
    ['tracer', { tracer: {} }],
    ['meter', { meter: {} }],
    ['endpoint', { endpoint: 'token' }],
    ['spans', { spans: true }],
  ])('refuses a wrong %s', (path, options) => {
    expect(() => recordEvents(options)).toThrow(new RegExp(`^${path}: `))
  })
})
