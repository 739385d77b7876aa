/** Spans and metrics of OpenTelemetry, from the events and statistics of a client. */
import type {
  Attributes,
  BatchObservableResult,
  Counter,
  Meter,
  SpanKind,
  SpanStatusCode,
  Tracer,
} from '@opentelemetry/api'
import { OptionGroup } from '@token-introspection/core/options'
import type {
  CircuitState,
  FailedEvent,
  GuardedEvent,
  IntrospectedEvent,
  IntrospectionClient,
  OnEvent,
  ReportingClient,
} from '../index.ts'

/** Options of {@link recordIntrospections}. */
export interface RecordIntrospectionsOptions {
  /** Creates the spans. Without it there are no spans. */
  readonly tracer?: Tracer | undefined
  /** Creates the metrics. Without it there are no metrics. */
  readonly meter?: Meter | undefined
  /** The current time in milliseconds since the epoch, for the end of a span. Default `Date.now`. */
  readonly now?: (() => number) | undefined
}

/** Only types of the API are imported. These are `SpanStatusCode.ERROR`, `SpanKind.INTERNAL` and `SpanKind.CLIENT`. */
// oxlint-disable-next-line typescript/no-unsafe-enum-assignment
const ERROR = 2 as SpanStatusCode
// oxlint-disable-next-line typescript/no-unsafe-enum-assignment
const INTERNAL = 0 as SpanKind
// oxlint-disable-next-line typescript/no-unsafe-enum-assignment
const CLIENT = 2 as SpanKind

/**
 * Upper bounds of the histogram's buckets, in seconds. An answer takes microseconds from the cache, and seconds in the
 * worst case.
 */
const BUCKETS = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5]

const CIRCUIT_STATES: readonly CircuitState[] = ['closed', 'open', 'half_open']

/**
 * Creates an observer for `onEvent`, or for subscribers of the diagnostics channel.
 *
 * Each call of `introspect`, by you or by a guard, becomes a span `token introspection`, a child of the active span,
 * such as that of the HTTP request. Its kind is `CLIENT` when this call asked the endpoint, and `INTERNAL` when the
 * answer came from the cache or from the request of another call. Spans and the histogram
 * `token_introspection.client.duration`, in seconds, have the attributes `token_introspection.source`,
 * `token_introspection.active` of an answer, `token_introspection.inactive_reason` of an inactive one, `error.type`
 * (the code of the error), `server.address` and `server.port`; the span also has
 * `token_introspection.token_fingerprint`.
 *
 * Counters are `token_introspection.client.refusals` (of guards, by `token_introspection.reason`,
 * `token_introspection.inactive_reason`, `http.response.status_code` and `error.type`),
 * `token_introspection.client.circuit.changes` (by `token_introspection.circuit.state` and `.tokens`),
 * `token_introspection.client.feed.changes` (by `token_introspection.feed.change` and `error.type`),
 * `token_introspection.client.cache.forgotten` (calls of `forget` and `forgetAll`, by `token_introspection.forgotten`, which is `one` or
 * `all`) and `token_introspection.client.warnings` (of the cache's store and of metadata, by `error.type`). None of these holds a
 * token, a secret or data about users.
 *
 * @throws TypeError that names the wrong option.
 *
 * @example
 * ```ts
 * import { metrics, trace } from '@opentelemetry/api'
 * import { clientSecretBasic, IntrospectionClient } from '@token-introspection/client'
 * import { recordIntrospections } from '@token-introspection/client/opentelemetry'
 *
 * export const introspection = new IntrospectionClient({
 *   issuer: 'https://as.example.com',
 *   clientAuthentication: clientSecretBasic('orders-api', 's3cr3t'),
 *   onEvent: recordIntrospections({ tracer: trace.getTracer('orders-api'), meter: metrics.getMeter('orders-api') }),
 * })
 * ```
 */
export function recordIntrospections(options: RecordIntrospectionsOptions): OnEvent {
  const group = new OptionGroup('', options, ['tracer', 'meter', 'now'])
  const tracer = group.seam<Tracer>('tracer', 'startSpan')
  const meter = group.seam<Meter>('meter', 'createHistogram', 'createCounter')
  const now = group.function<() => number>('now') ?? Date.now
  const metrics = meter && createMetrics(meter)

  return (event) => {
    switch (event.type) {
      case 'introspected':
      case 'failed': {
        const attributes = describeCall(event)
        metrics?.duration.record(event.durationMs / 1000, attributes)
        if (tracer !== undefined) recordSpan(event, attributes, tracer, now())
        break
      }
      case 'guarded':
        if (!event.allowed) metrics?.refusals.add(1, describeRefusal(event))
        break
      case 'circuit_changed':
        metrics?.circuitChanges.add(1, {
          'token_introspection.circuit.state': event.state,
          'token_introspection.circuit.tokens': event.tokens,
          ...describeServer(event.endpoint),
        })
        break
      case 'cache_failed':
      case 'metadata_failed':
        metrics?.warnings.add(1, { 'error.type': event.error.code, ...describeServer(serverOf(event.client)) })
        break
      case 'feed_changed':
        metrics?.feedChanges.add(1, {
          'token_introspection.feed.change': event.change,
          ...(event.error !== undefined && { 'error.type': event.error.code }),
          ...describeServer(event.endpoint ?? serverOf(event.client)),
        })
        break
      case 'forgotten':
        metrics?.forgotten.add(1, {
          'token_introspection.forgotten': event.fingerprint === undefined ? 'all' : 'one',
          ...describeServer(serverOf(event.client)),
        })
        break
      default:
      // Events of newer clients are ignored.
    }
  }
}

/**
 * Reads `statistics()` of a client whenever metrics are collected: counters of cache hits, misses, evicted answers and shared requests,
 * and gauges of the answers in the cache, the watched tokens, the current and waiting requests, and the circuits by state. A client that
 * follows a feed of revocations also has counters of its events, of answers that they made void and of gaps, and a gauge
 * of the seconds since every revocation is known. All names begin with `token_introspection.client.`.
 *
 * @param attributes - of every value, to tell several clients of one process apart. Default none.
 * @returns a function that stops the observation. Call it when you close the client, because the observation keeps the
 * client in memory.
 * @throws TypeError that names the wrong argument.
 *
 * @example
 * ```ts
 * import { metrics } from '@opentelemetry/api'
 * import type { IntrospectionClient } from '@token-introspection/client'
 * import { observeStatistics } from '@token-introspection/client/opentelemetry'
 *
 * export function observe(introspection: IntrospectionClient): () => void {
 *   return observeStatistics(introspection, metrics.getMeter('orders-api'), { 'server.address': 'as.example.com' })
 * }
 * ```
 */
export function observeStatistics(
  client: Pick<IntrospectionClient, 'statistics'>,
  meter: Meter,
  attributes: Attributes = {},
): () => void {
  const group = new OptionGroup('', { client, meter }, ['client', 'meter'])
  if (group.seam('client', 'statistics') === undefined) throw group.error('client', 'is required')
  if (group.seam('meter', 'addBatchObservableCallback') === undefined) throw group.error('meter', 'is required')
  const instruments = createObservables(meter)

  const observe = (result: BatchObservableResult): void => {
    const { hits, inactiveHits, misses, joined, entries, evicted, watched, underWay, queued, circuits, feed } =
      client.statistics()
    result.observe(instruments.hits, hits - inactiveHits, { ...attributes, 'token_introspection.active': true })
    result.observe(instruments.hits, inactiveHits, { ...attributes, 'token_introspection.active': false })
    result.observe(instruments.misses, misses, attributes)
    result.observe(instruments.joined, joined, attributes)
    // The client cannot count the entries of a custom store.
    if (entries !== undefined) result.observe(instruments.entries, entries, attributes)
    if (evicted !== undefined) result.observe(instruments.evicted, evicted, attributes)
    result.observe(instruments.watched, watched, attributes)
    result.observe(instruments.underWay, underWay, attributes)
    result.observe(instruments.queued, queued, attributes)
    if (feed !== undefined) {
      result.observe(instruments.feedEvents, feed.events, attributes)
      result.observe(instruments.feedVoided, feed.voided, attributes)
      result.observe(instruments.feedGaps, feed.gaps, attributes)
      // It is infinite before the first answer of the feed, which no exporter can send.
      if (Number.isFinite(feed.knownSeconds)) result.observe(instruments.feedKnown, feed.knownSeconds, attributes)
    }
    for (const state of CIRCUIT_STATES) {
      const count = circuits.filter((circuit) => circuit.state === state).length
      result.observe(instruments.circuits, count, { ...attributes, 'token_introspection.circuit.state': state })
    }
  }

  const all = Object.values(instruments)
  meter.addBatchObservableCallback(observe, all)
  return () => meter.removeBatchObservableCallback(observe, all)
}

type Call = IntrospectedEvent | FailedEvent
type Refused = Extract<GuardedEvent, { readonly allowed: false }>

function createMetrics(meter: Meter) {
  const count = (name: string, unit: string, description: string): Counter =>
    meter.createCounter(`token_introspection.client.${name}`, { unit, description })
  return {
    duration: meter.createHistogram('token_introspection.client.duration', {
      description: 'Time from a call to its answer',
      unit: 's',
      advice: { explicitBucketBoundaries: BUCKETS },
    }),
    refusals: count('refusals', '{request}', 'Requests that guards refused'),
    circuitChanges: count('circuit.changes', '{change}', 'Changes of whether an endpoint is asked'),
    feedChanges: count('feed.changes', '{change}', 'Changes of whether the feed of revocations is followed'),
    forgotten: count('cache.forgotten', '{call}', 'Calls that forgot the answers about one token or about all'),
    warnings: count(
      'warnings',
      '{failure}',
      'Failures of the store of the cache, and of metadata, that no call failed by',
    ),
  }
}

function createObservables(meter: Meter) {
  const counter = (name: string, unit: string, description: string) =>
    meter.createObservableCounter(`token_introspection.client.${name}`, { unit, description })
  const gauge = (name: string, unit: string, description: string) =>
    meter.createObservableGauge(`token_introspection.client.${name}`, { unit, description })
  return {
    hits: counter('cache.hits', '{call}', 'Calls that were answered from the cache'),
    misses: counter('cache.misses', '{call}', 'Calls that found nothing fresh enough in the cache'),
    joined: counter('requests.joined', '{call}', 'Calls that shared the request of another'),
    entries: gauge('cache.entries', '{answer}', 'Answers in the cache'),
    evicted: counter('cache.evicted', '{answer}', 'Answers that were dropped while they were still good, to make room'),
    watched: gauge('watched', '{token}', 'Tokens that are watched'),
    underWay: gauge('requests.under_way', '{request}', 'Requests under way'),
    queued: gauge('requests.queued', '{request}', 'Requests that wait for their turn'),
    feedEvents: counter('feed.events', '{event}', 'Events of the feed of revocations that were applied'),
    feedVoided: counter('feed.voided', '{answer}', 'Remembered answers that an event made void'),
    feedGaps: counter('feed.gaps', '{gap}', 'Times that the log did not have the position of the client'),
    feedKnown: gauge('feed.known', 's', 'Seconds since the moment as of which every revocation is known'),
    circuits: gauge('circuits', '{circuit}', 'Circuits in a state'),
  }
}

function recordSpan(event: Call, attributes: Attributes, tracer: Tracer, endedAtMs: number): void {
  const span = tracer.startSpan('token introspection', {
    kind: event.source === 'endpoint' ? CLIENT : INTERNAL,
    startTime: endedAtMs - event.durationMs,
    attributes: { ...attributes, 'token_introspection.token_fingerprint': event.fingerprint },
  })
  if (event.type === 'failed') span.setStatus({ code: ERROR })
  span.end(endedAtMs)
}

/** Attributes with few values, which a metric may have. */
function describeCall(event: Call): Attributes {
  return {
    'token_introspection.source': event.source,
    ...(event.type === 'introspected'
      ? {
          'token_introspection.active': event.active,
          ...(event.inactiveReason !== undefined && { 'token_introspection.inactive_reason': event.inactiveReason }),
        }
      : { 'error.type': event.error.code }),
    ...describeServer(serverOf(event.client)),
  }
}

function describeRefusal({ reason, inactiveReason, status, error, client }: Refused): Attributes {
  return {
    'token_introspection.reason': reason,
    'http.response.status_code': status,
    ...(inactiveReason !== undefined && { 'token_introspection.inactive_reason': inactiveReason }),
    ...(error !== undefined && { 'error.type': error.code }),
    ...describeServer(serverOf(client)),
  }
}

/** Until the endpoint is known, the issuer is used. With metadata it usually has the same host. */
function serverOf({ endpoint, issuer }: ReportingClient): string | undefined {
  return endpoint ?? issuer
}

function describeServer(url: string | undefined): Attributes {
  if (url === undefined) return {}
  const { protocol, hostname, port } = new URL(url)
  const defaultPort = protocol === 'http:' ? 80 : 443
  return { 'server.address': hostname, 'server.port': port === '' ? defaultPort : Number(port) }
}
