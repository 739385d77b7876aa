/** Spans and a histogram of OpenTelemetry, made from the events of the handlers. */
import type { Attributes, Meter, SpanStatusCode, Tracer } from '@opentelemetry/api'
import { OptionGroup } from '@token-introspection/core/options'
import type { IntrospectionHandlerEvent, OnEvent, RevocationFeedEvent, RevocationHandlerEvent } from '../index.ts'

/** Options of {@link recordEvents}. */
export interface RecordEventsOptions {
  /** Creates the spans. Without it there are none. */
  readonly tracer?: Tracer | undefined
  /** Creates the histogram. Without it nothing is measured. */
  readonly meter?: Meter | undefined
  /** The endpoint that reports the events. Default `introspection`. */
  readonly endpoint?: Endpoint | undefined
  /** The clock for the end of spans, in milliseconds since the epoch. Default `Date.now`. */
  readonly now?: (() => number) | undefined
}

type Endpoint = 'introspection' | 'revocation' | 'feed'

type HandlerEvent = IntrospectionHandlerEvent | RevocationHandlerEvent | RevocationFeedEvent

const SPAN_NAMES: Readonly<Record<Endpoint, string>> = {
  introspection: 'introspect token',
  revocation: 'revoke token',
  feed: 'follow revocations',
}

/** `SpanStatusCode.ERROR`. This module uses only types of the API. */
// oxlint-disable-next-line typescript/no-unsafe-enum-assignment
const ERROR = 2 as SpanStatusCode

/** Upper bounds of the histogram's buckets, in seconds. An answer from memory takes microseconds, a slow one seconds. */
const BUCKETS = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5]

/**
 * Creates an observer for `onEvent` of the handlers for introspection, revocation and the feed of revocations. For each answer it
 * creates a span, `introspect token`, `revoke token` or `follow revocations`, below the active span, such as that of the HTTP
 * request. It also records a value of the histogram `token_introspection.server.duration`, in seconds. A follower of the feed that
 * is served makes neither.
 *
 * Both have the attributes `token_introspection.endpoint`, `.outcome` (`active`, `inactive`, `revoked`, `refused`, `unexpected`),
 * `.reason` for an inactive answer, `.caller`, `error.type` (the code of the error) and `http.response.status_code`. The span
 * also has `.resolver` and `.token_fingerprint`. No attribute contains a token or a secret.
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
export function recordEvents(
  options: RecordEventsOptions,
): OnEvent & OnEvent<RevocationHandlerEvent> & OnEvent<RevocationFeedEvent> {
  const group = new OptionGroup('', options, ['tracer', 'meter', 'endpoint', 'now'])
  const tracer = group.seam<Tracer>('tracer', 'startSpan')
  const meter = group.seam<Meter>('meter', 'createHistogram')
  const endpoint = group.oneOf('endpoint', ['introspection', 'revocation', 'feed'], 'introspection')
  const now = group.function<() => number>('now') ?? Date.now
  const spanName = SPAN_NAMES[endpoint]
  const histogram = meter?.createHistogram('token_introspection.server.duration', {
    description: 'Time from a request to its answer',
    unit: 's',
    advice: { explicitBucketBoundaries: BUCKETS },
  })

  return (event: HandlerEvent) => {
    // Warnings and what is reported beside an answer have no duration. That of a follower says how long it stayed.
    if (!('durationMs' in event) || event.type === 'followed') return
    const attributes = { 'token_introspection.endpoint': endpoint, ...describe(event) }
    histogram?.record(event.durationMs / 1000, attributes)
    if (tracer === undefined) return
    const endedAt = now()
    const span = tracer.startSpan(spanName, {
      startTime: endedAt - event.durationMs,
      attributes: { ...attributes, ...describeToken(event) },
    })
    // A fault of the caller is not an error of this server.
    if ('error' in event && event.status >= 500) span.setStatus({ code: ERROR })
    span.end(endedAt)
  }
}

type Answer = Exclude<Extract<HandlerEvent, { readonly durationMs: number }>, { readonly type: 'followed' }>

/** The attributes with few different values, which a metric can have. */
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
