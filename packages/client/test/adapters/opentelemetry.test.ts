/** The OpenTelemetry entry, tested with the SDK of OpenTelemetry. */
import { AsyncLocalStorage } from 'node:async_hooks'
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics'
import {
  type Context,
  context,
  type ContextManager,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api'
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base'
import {
  clientSecretBasic,
  type Fetch,
  IntrospectionClient,
  type IntrospectionClientEvent,
  type IntrospectionClientOptions,
  type RevocationFollower,
} from '@token-introspection/client'
import { observeStatistics, recordIntrospections } from '@token-introspection/client/opentelemetry'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { clientSecret, good, hostileAnswers, issuer, now, token } from '../hostile-answers.ts'
import { type LoopbackServer, serve } from '../loopback-server.ts'
import { expectNoSecrets } from '../secrets.ts'

const endpoint = 'https://as.example.com:8443/introspect'
const server = { 'server.address': 'as.example.com', 'server.port': 8443 }

/** An endpoint that refuses the client's credentials. */
const refuse = (): Promise<Response> => Promise.resolve(new Response('', { status: 401 }))
const down = (): Promise<never> => Promise.reject(new Error('down'))
const nothing = (): undefined => undefined

/** A tracer and a meter that keep their records in memory. */
function telemetry() {
  const spans = new InMemorySpanExporter()
  const tracing = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(spans)] })
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE)
  const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 60_000 })
  const metering = new MeterProvider({ readers: [reader] })
  onTestFinished(async () => {
    await Promise.all([tracing.shutdown(), metering.shutdown()])
  })
  return {
    tracer: tracing.getTracer('test'),
    meter: metering.getMeter('test'),
    spans: () => spans.getFinishedSpans(),
    /** Collects the current values, by the name of the metric. */
    values: async () => {
      exporter.reset()
      await reader.forceFlush()
      const metrics = exporter.getMetrics().at(-1)?.scopeMetrics[0]?.metrics ?? []
      return Object.fromEntries(
        metrics.map(({ descriptor, dataPoints }) => [
          descriptor.name.replace('token_introspection.client.', ''),
          dataPoints.map(({ attributes, value }) => ({ attributes, value, unit: descriptor.unit })),
        ]),
      )
    },
  }
}

function createClient({ fetch, ...options }: Partial<IntrospectionClientOptions> & { fetch?: Fetch } = {}) {
  return new IntrospectionClient({
    endpoint,
    clientAuthentication: clientSecretBasic('api', clientSecret),
    transport: { fetch: fetch ?? (() => Promise.resolve(Response.json({ active: true, sub: 'alice' }))) },
    ...options,
  })
}

function bearing(value = token): Request {
  return new Request('https://api.example.com/orders', { headers: { authorization: `Bearer ${value}` } })
}

describe('recordIntrospections', () => {
  test('records a span and a measurement for every answer', async () => {
    const { tracer, meter, spans, values } = telemetry()
    const client = createClient({ cache: {}, onEvent: recordIntrospections({ tracer, meter }) })
    await client.introspect(token)
    await client.introspect(token)
    const common = { 'token_introspection.active': true, ...server }
    const fingerprint = expect.stringMatching(/^[\w-]{16}$/) as string
    const [asked, remembered] = spans()
    expect([asked?.name, asked?.kind, asked?.status.code]).toEqual([
      'token introspection',
      SpanKind.CLIENT,
      SpanStatusCode.UNSET,
    ])
    expect(asked?.attributes).toEqual({
      ...common,
      'token_introspection.source': 'endpoint',
      'token_introspection.token_fingerprint': fingerprint,
    })
    expect([remembered?.name, remembered?.kind]).toEqual(['token introspection', SpanKind.INTERNAL])
    expect(remembered?.attributes).toEqual({ ...asked?.attributes, 'token_introspection.source': 'cache' })
    expect(spans()).toHaveLength(2)
    expect(await values()).toEqual({
      duration: [
        {
          attributes: { ...common, 'token_introspection.source': 'endpoint' },
          value: expect.objectContaining({ count: 1 }) as object,
          unit: 's',
        },
        {
          attributes: { ...common, 'token_introspection.source': 'cache' },
          value: expect.objectContaining({ count: 1 }) as object,
          unit: 's',
        },
      ],
    })
  })

  test("makes the span a child of the request's span, however long the answer takes", async () => {
    const storage = new AsyncLocalStorage<Context>()
    const manager: ContextManager = {
      active: () => storage.getStore() ?? ROOT_CONTEXT,
      with: (active, run, self, ...parameters) => storage.run(active, () => run.call(self as never, ...parameters)),
      bind: (_, target) => target,
      enable: () => manager,
      disable: () => manager,
    }
    context.setGlobalContextManager(manager)
    onTestFinished(() => context.disable())
    const { tracer, spans } = telemetry()
    const client = createClient({
      onEvent: recordIntrospections({ tracer }),
      fetch: async () => {
        await new Promise((resolve) => setImmediate(resolve))
        return Response.json({ active: true })
      },
    })
    const requests = ['first', 'second'].map((name) => tracer.startSpan(name))
    await Promise.all(
      requests.map((span) => context.with(trace.setSpan(ROOT_CONTEXT, span), () => client.introspect(token))),
    )
    expect(spans().map((span) => span.attributes['token_introspection.source'])).toEqual(['endpoint', 'joined'])
    expect(spans().map((span) => span.parentSpanContext?.spanId)).toEqual(
      requests.map((span) => span.spanContext().spanId),
    )
  })

  test('marks a token that could not be checked as an error, with its code', async () => {
    const { tracer, meter, spans, values } = telemetry()
    const client = createClient({ fetch: refuse, onEvent: recordIntrospections({ tracer, meter }) })
    await client.introspect(token).catch(() => undefined)
    const attributes = {
      'token_introspection.source': 'endpoint',
      'error.type': 'ERR_TRANSPORT_UNAUTHORIZED',
      ...server,
    }
    expect(spans()).toMatchObject([{ attributes, status: { code: SpanStatusCode.ERROR }, kind: SpanKind.CLIENT }])
    expect((await values())['duration']).toMatchObject([{ attributes }])
  })

  test('dates a span from the call to its answer', () => {
    const { tracer, spans } = telemetry()
    recordIntrospections({ tracer, now: () => 1_764_000_000_500 })({
      type: 'introspected',
      active: true,
      liveness: undefined,
      inactiveReason: undefined,
      detail: undefined,
      source: 'endpoint',
      fingerprint: 'x',
      durationMs: 250,
      client: { issuer, endpoint: undefined, clientId: undefined },
    })
    const [span] = spans()
    expect([span?.startTime, span?.endTime]).toEqual([
      [1_764_000_000, 250_000_000],
      [1_764_000_000, 500_000_000],
    ])
    expect(span?.attributes).toMatchObject({ 'server.address': 'as.example.com', 'server.port': 443 })
  })

  test('records why a token is inactive, for the call and for the refusal', async () => {
    const { tracer, meter, spans, values } = telemetry()
    const onEvent = recordIntrospections({ tracer, meter })
    const client = createClient({ onEvent, fetch: () => Promise.resolve(Response.json({ active: false })) })
    await client.guard({ audience: false })(bearing())
    const reason = { 'token_introspection.inactive_reason': 'answer' }
    expect(spans()).toMatchObject([{ attributes: reason }])
    const told = await values()
    expect(told['duration']).toMatchObject([{ attributes: reason }])
    expect(told['refusals']).toMatchObject([
      { attributes: { 'token_introspection.reason': 'token_inactive', ...reason } },
    ])
  })

  test('counts refusals of guards by reason, and does not count allowed requests', async () => {
    const { meter, values } = telemetry()
    const onEvent = recordIntrospections({ meter })
    const guard = createClient({ onEvent }).guard({ audience: false })
    await guard(bearing())
    await guard(new Request('https://api.example.com'))
    await guard(new Request('https://api.example.com'))
    await createClient({ fetch: refuse, onEvent }).guard({ audience: false })(bearing())
    expect((await values())['refusals']).toEqual([
      {
        attributes: { 'token_introspection.reason': 'token_absent', 'http.response.status_code': 401, ...server },
        value: 2,
        unit: '{request}',
      },
      {
        attributes: {
          'token_introspection.reason': 'unavailable',
          'http.response.status_code': 500,
          'error.type': 'ERR_TRANSPORT_UNAUTHORIZED',
          ...server,
        },
        value: 1,
        unit: '{request}',
      },
    ])
  })

  test('counts changes of circuits, and failures that made no call fail', async () => {
    const { meter, values } = telemetry()
    const client = createClient({
      onEvent: recordIntrospections({ meter }),
      cache: { store: { get: down, set: down, delete: down, clear: down }, keySecret: 'x'.repeat(32) },
      transport: {
        retry: false,
        circuitBreaker: { failures: 1, windowMs: 0 },
        fetch: () => Promise.resolve(new Response('', { status: 503 })),
      },
    })
    await client.introspect(token).catch(() => undefined)
    expect(await values()).toMatchObject({
      'circuit.changes': [{ attributes: { 'token_introspection.circuit.state': 'open', ...server }, value: 1 }],
      warnings: [{ attributes: { 'error.type': 'ERR_CACHE_STORE', ...server }, value: 1 }],
    })
  })

  test('counts changes of the feed of revocations', async () => {
    const { meter, values } = telemetry()
    const record = recordIntrospections({ meter })
    const revocations: RevocationFollower = { bound: 'assumed', connect: () => ({ ask: down }) }
    const failed = new Promise<void>((resolve) => {
      const client = createClient({
        revocations,
        onEvent(event) {
          record(event)
          if (event.type === 'feed_changed') resolve()
        },
      })
      onTestFinished(() => client.close())
      void client.introspect(token)
    })
    await failed
    const attributes = {
      'token_introspection.feed.change': 'failed',
      'error.type': 'ERR_TRANSPORT_UNREACHABLE',
      ...server,
    }
    expect((await values())['feed.changes']).toEqual([{ attributes, value: 1, unit: '{change}' }])
  })

  test('counts calls of forget and of forgetAll, and tells no token', async () => {
    const { meter, values } = telemetry()
    const client = createClient({ cache: {}, onEvent: recordIntrospections({ meter }) })
    await client.forget(token)
    await client.forget(token)
    await client.forgetAll()
    expect((await values())['cache.forgotten']).toEqual([
      { attributes: { 'token_introspection.forgotten': 'one', ...server }, value: 2, unit: '{call}' },
      { attributes: { 'token_introspection.forgotten': 'all', ...server }, value: 1, unit: '{call}' },
    ])
  })

  test('makes no spans without a tracer and measures nothing without a meter', async () => {
    const { tracer, meter, spans, values } = telemetry()
    await createClient({ onEvent: recordIntrospections({ meter }) }).introspect(token)
    expect([spans().length, (await values())['duration']?.length]).toEqual([0, 1])
    await createClient({ onEvent: recordIntrospections({ tracer }) }).introspect(token)
    expect([spans().length, (await values())['duration']?.length]).toEqual([1, 1])
  })

  test('ignores unknown events', () => {
    const { tracer, meter, spans } = telemetry()
    const record = recordIntrospections({ tracer, meter })
    record({ type: 'of a newer client' } as unknown as IntrospectionClientEvent)
    expect(spans()).toEqual([])
  })

  test.each<[string, object]>([
    ['tracer', { tracer: {} }],
    ['meter', { meter: {} }],
    ['now', { now: 0 }],
    ['spans', { spans: true }],
  ])('refuses a wrong %s', (path, options) => {
    expect(() => recordIntrospections(options)).toThrow(new RegExp(`^${path}: `))
  })
})

describe('observeStatistics', () => {
  test("reads the client's statistics whenever metrics are collected", async () => {
    const { meter, values } = telemetry()
    const client = createClient({ cache: {} })
    const attributes = { 'server.address': 'as.example.com' }
    observeStatistics(client, meter, attributes)
    await Promise.all([client.introspect(token), client.introspect(token)])
    await client.introspect(token)
    const active = (value: boolean) => ({ ...attributes, 'token_introspection.active': value })
    const inState = (state: string) => ({ ...attributes, 'token_introspection.circuit.state': state })
    expect(await values()).toEqual({
      'cache.hits': [
        { attributes: active(true), value: 1, unit: '{call}' },
        { attributes: active(false), value: 0, unit: '{call}' },
      ],
      'cache.misses': [{ attributes, value: 2, unit: '{call}' }],
      'requests.joined': [{ attributes, value: 1, unit: '{call}' }],
      'cache.entries': [{ attributes, value: 1, unit: '{answer}' }],
      'cache.evicted': [{ attributes, value: 0, unit: '{answer}' }],
      watched: [{ attributes, value: 0, unit: '{token}' }],
      'requests.under_way': [{ attributes, value: 0, unit: '{request}' }],
      'requests.queued': [{ attributes, value: 0, unit: '{request}' }],
      circuits: [
        { attributes: inState('closed'), value: 1, unit: '{circuit}' },
        { attributes: inState('open'), value: 0, unit: '{circuit}' },
        { attributes: inState('half_open'), value: 0, unit: '{circuit}' },
      ],
    })
  })

  test('separates several clients by attributes, and stops reading a client after the end', async () => {
    const { meter, values } = telemetry()
    const asked: string[] = []
    const observed = (name: string) => {
      const client = createClient({ cache: {} })
      const statistics = () => {
        asked.push(name)
        return client.statistics()
      }
      return observeStatistics({ statistics }, meter, { name })
    }
    const end = observed('a')
    observed('b')
    expect((await values())['cache.entries']?.map(({ attributes }) => attributes['name'])).toEqual(['a', 'b'])
    end()
    await values()
    expect(asked).toEqual(['a', 'b', 'b'])
  })

  test('reads the feed of revocations, and how old its knowledge is as soon as there is some', async () => {
    const { meter, values } = telemetry()
    const feed = {
      position: undefined,
      since: undefined,
      revokedKeys: 0,
      events: 3,
      gaps: 1,
      voided: 2,
      knownSeconds: 0,
      isListening: false,
    }
    const client = createClient({ cache: {} })
    let knownSeconds = Number.POSITIVE_INFINITY
    observeStatistics({ statistics: () => ({ ...client.statistics(), feed: { ...feed, knownSeconds } }) }, meter)
    const first = await values()
    expect([first['feed.events'], first['feed.voided'], first['feed.gaps']]).toMatchObject([
      [{ value: 3, unit: '{event}' }],
      [{ value: 2, unit: '{answer}' }],
      [{ value: 1, unit: '{gap}' }],
    ])
    expect(first['feed.known'] ?? []).toEqual([])
    knownSeconds = 7.5
    expect((await values())['feed.known']).toMatchObject([{ value: 7.5, unit: 's' }])
  })

  test('counts answers that had to make room, and tokens that are watched', async () => {
    const { meter, values } = telemetry()
    const client = createClient({ cache: { maxEntries: 1 } })
    observeStatistics({ statistics: () => ({ ...client.statistics(), watched: 3 }) }, meter)
    for (const each of ['a', 'b', 'c']) await client.introspect(each)
    const { 'cache.evicted': evicted, watched } = await values()
    expect([evicted, watched]).toMatchObject([[{ value: 2 }], [{ value: 3 }]])
  })

  test('reports no number of answers for a custom store', async () => {
    const { meter, values } = telemetry()
    const store = { get: nothing, set: nothing, delete: nothing, clear: nothing }
    observeStatistics(createClient({ cache: { store, keySecret: 'x'.repeat(32) } }), meter)
    const { 'cache.entries': entries = [], 'cache.evicted': evicted = [] } = await values()
    expect([entries, evicted]).toEqual([[], []])
  })

  test.each<[string, unknown[]]>([
    ['client', [undefined, {}]],
    ['client', [{}, {}]],
    ['meter', [createClient(), undefined]],
    ['meter', [createClient(), {}]],
  ])('refuses a wrong %s', (path, parameters) => {
    const observe = observeStatistics as (...parameters: unknown[]) => unknown
    expect(() => observe(...parameters)).toThrow(new RegExp(`^${path}: `))
  })
})

describe('for every scenario of the authorization server', () => {
  let elsewhere: LoopbackServer
  beforeAll(async () => {
    elsewhere = await serve(({ response }) =>
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(good)),
    )
  })
  afterAll(() => elsewhere[Symbol.asyncDispose]())

  test.each(hostileAnswers)('no event, span or metric holds the token or the secret: $title (SEC-11)', async (row) => {
    await using authority = await serve((exchange) => row.answer({ ...exchange, elsewhere: elsewhere.origin }))
    const { tracer, meter, spans, values } = telemetry()
    const record = recordIntrospections({ tracer, meter })
    const events: unknown[] = []
    const onMessage = (message: unknown): void => {
      events.push(message)
    }
    subscribe('token-introspection:client', onMessage)
    onTestFinished(() => {
      unsubscribe('token-introspection:client', onMessage)
    })
    await using client = createClient({
      endpoint: `${authority.origin}/introspect?key=${clientSecret}`,
      cache: {},
      response: { acceptedIssuers: [issuer] },
      transport: {
        allowHttpOnLoopback: true,
        retry: false,
        circuitBreaker: { failures: 1, windowMs: 0 },
        ...(row.late && { deadlineMs: 80 }),
      },
      now: () => now * 1000,
      onEvent: (event) => {
        events.push(event)
        record(event)
      },
    })
    observeStatistics(client, meter)
    await client.introspect(token).catch(() => undefined)
    await client.guard({ audience: false, scope: 'orders:read' })(bearing())
    await client.introspect(`${token}\n`)
    // The spans of the call, of the guard's call and its decision, and of the call without a request; each twice.
    expect(events.length).toBeGreaterThanOrEqual(8)
    expect(spans()).toHaveLength(3)
    const told = [
      events,
      spans().map(({ name, attributes, status, events: noted }) => ({ name, attributes, status, noted })),
    ]
    expectNoSecrets(...told, await values(), client.statistics())
    // Collected statistics hold no data of single users.
    expect(JSON.stringify([told[1], await values()])).not.toMatch(/alice|orders:read/)
  })
})
