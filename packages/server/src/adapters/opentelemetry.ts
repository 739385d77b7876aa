/** Spans and a histogram of OpenTelemetry, made of the events the handlers report. */
import type { Attributes, Meter, SpanStatusCode, Tracer } from '@opentelemetry/api'
import { OptionGroup } from '@token-introspection/core/options'
import type { IntrospectionHandlerEvent, OnEvent, RevocationHandlerEvent } from '../index.ts'

/** Options of {@link recordEvents}. */
export interface RecordEventsOptions {
  /** Makes the spans; none are made without it. */
  readonly tracer?: Tracer | undefined
  /** Makes the histogram; nothing is measured without it. */
  readonly meter?: Meter | undefined
  /** The endpoint whose events these are. Default `introspection`. */
  readonly endpoint?: 'introspection' | 'revocation' | undefined
  /** Milliseconds since the epoch, when a span ends; `Date.now` unless given. */
  readonly now?: (() => number) | undefined
}

/** `SpanStatusCode.ERROR`: the API's types are used here and nothing else of it. */
// oxlint-disable-next-line typescript/no-unsafe-enum-assignment
const ERROR = 2 as SpanStatusCode

/** Upper bounds, in seconds, of the histogram's buckets: an answer takes microseconds from memory, seconds at the worst. */
const BUCKETS = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5]

/**
 * Creates an observer for `onEvent` of either handler. Each answer becomes a span, `introspect token` or `revoke token`,
 * below the span that is active, such as that of the HTTP request, and a value of the histogram
 * `token_introspection.server.duration`, in seconds.
 *
 * Attributes of both are `token_introspection.endpoint`, `.outcome` (`active`, `inactive`, `revoked`, `refused`,
 * `unexpected`), `.reason` of an inactive answer, `.caller`, `error.type` (the code of the error) and
 * `http.response.status_code`. The span has `.resolver` and `.token_fingerprint` besides. No token and no secret is in them.
 *
 * @throws TypeError naming the option that is wrong.
 *
 * @example
 * ```ts
 * import { metrics, trace } from '@opentelemetry/api'
 * import { recordEvents } from '@token-introspection/server/opentelemetry'
 *
 * export const onEvent = recordEvents({
 *   tracer: trace.getTracer('authorization-server'),
 *   meter: metrics.getMeter('authorization-server'),
 * })
 * ```
 */
export function recordEvents(options: RecordEventsOptions): OnEvent & OnEvent<RevocationHandlerEvent> {
  const group = new OptionGroup('', options, ['tracer', 'meter', 'endpoint', 'now'])
  const tracer = group.seam<Tracer>('tracer', 'startSpan')
  const meter = group.seam<Meter>('meter', 'createHistogram')
  const endpoint = group.oneOf('endpoint', ['introspection', 'revocation'], 'introspection')
  const now = group.function<() => number>('now') ?? Date.now
  const spanName = endpoint === 'introspection' ? 'introspect token' : 'revoke token'
  const histogram = meter?.createHistogram('token_introspection.server.duration', {
    description: 'Time from a request to its answer',
    unit: 's',
    advice: { explicitBucketBoundaries: BUCKETS },
  })

  return (event: IntrospectionHandlerEvent | RevocationHandlerEvent) => {
    // Only answers take time.
    if (!('durationMs' in event)) return
    const attributes = { 'token_introspection.endpoint': endpoint, ...describe(event) }
    histogram?.record(event.durationMs / 1000, attributes)
    if (tracer === undefined) return
    const endedAt = now()
    const span = tracer.startSpan(spanName, {
      startTime: endedAt - event.durationMs,
      attributes: { ...attributes, ...describeToken(event) },
    })
    // What the caller did wrong is not an error of ours.
    if ('error' in event && event.status >= 500) span.setStatus({ code: ERROR })
    span.end(endedAt)
  }
}

type Answer = Extract<IntrospectionHandlerEvent | RevocationHandlerEvent, { readonly durationMs: number }>

/** What there are few values of, so that it may stand on a metric. */
function describe(event: Answer): Attributes {
  switch (event.type) {
    case 'introspected':
      return {
        'token_introspection.outcome': event.active ? 'active' : 'inactive',
        ...(event.reason !== undefined && { 'token_introspection.reason': event.reason }),
        'token_introspection.caller': event.protectedResource,
        'http.response.status_code': 200,
      }
    case 'revoked':
      return {
        'token_introspection.outcome': 'revoked',
        'token_introspection.ended': event.ended,
        'token_introspection.caller': event.client,
        'http.response.status_code': 200,
      }
    case 'refused':
      return {
        'token_introspection.outcome': 'refused',
        'error.type': event.error.code,
        'http.response.status_code': event.status,
      }
    default:
      return {
        'token_introspection.outcome': 'unexpected',
        'error.type': '_OTHER',
        'http.response.status_code': event.status,
      }
  }
}

function describeToken(event: Answer): Attributes {
  if (event.type !== 'introspected') return {}
  return {
    'token_introspection.token_fingerprint': event.fingerprint,
    ...(event.resolver !== undefined && { 'token_introspection.resolver': event.resolver }),
  }
}
