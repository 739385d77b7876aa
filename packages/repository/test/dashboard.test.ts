/** The dashboard and the alerts use the metrics that the adapters really emit, by the names that exporters of Prometheus give them. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { PrometheusSerializer } from '@opentelemetry/exporter-prometheus'
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics'
import {
  CacheStoreError,
  clientSecretBasic,
  IntrospectionClient,
  type IntrospectionClientEvent,
  TransportTimeoutError,
} from '@token-introspection/client'
import { observeStatistics, recordIntrospections } from '@token-introspection/client/opentelemetry'
import {
  type IntrospectionHandlerEvent,
  RequestInvalidError,
  type RevocationHandlerEvent,
} from '@token-introspection/server'
import { recordEvents } from '@token-introspection/server/opentelemetry'
import { describe, expect, test } from 'vitest'
import { readSamples, usedSelectors } from '../src/dashboard/used-metrics.ts'
import { readCodeBlocks } from '../src/markdown/code-blocks.ts'
import { ROOT } from '../src/workspace/workspace.ts'

/** What Prometheus adds when it collects samples. */
const ADDED = ['job', 'instance']

interface Panel {
  readonly title: string
  readonly targets?: readonly { readonly expr: string }[]
}

const dashboard = JSON.parse(readFileSync(join(ROOT, 'docs/public/dashboards/token-introspection.json'), 'utf8')) as {
  readonly panels: readonly Panel[]
  readonly templating: { readonly list: readonly { readonly type: string; readonly query: string }[] }
}
const alerts = readCodeBlocks(readFileSync(join(ROOT, 'docs/operate/observability.md'), 'utf8')).filter(
  ({ language }) => language === 'yaml',
)
const queries: readonly (readonly [string, string])[] = [
  ...dashboard.panels.flatMap(({ title, targets = [] }) => targets.map(({ expr }): [string, string] => [title, expr])),
  ...dashboard.templating.list
    .filter(({ type }) => type === 'query')
    .map(({ query }): [string, string] => ['a variable', query]),
  ...alerts
    .flatMap(({ text }) => [...text.matchAll(/expr: >-\n((?: {10,}.*\n?)+)/g)])
    .map(([, expr = '']): [string, string] => ['an alert', expr]),
]

const client = { issuer: undefined, endpoint: 'https://as.example.com/introspect', clientId: 'orders-api' }
const token = { client, source: 'endpoint', fingerprint: undefined, durationMs: 3 } as const
const refused = {
  client,
  type: 'guarded',
  allowed: false,
  detail: undefined,
  mismatch: undefined,
  fingerprint: undefined,
  durationMs: 3,
} as const
const error = new TransportTimeoutError('late')

/** One event of each kind that the adapters count, with every attribute. */
const CLIENT_EVENTS: readonly IntrospectionClientEvent[] = [
  { ...token, type: 'introspected', active: true, inactiveReason: undefined, detail: undefined, liveness: undefined },
  { ...token, type: 'introspected', active: false, inactiveReason: 'answer', detail: undefined, liveness: undefined },
  { ...token, type: 'failed', error },
  { ...refused, reason: 'unavailable', inactiveReason: undefined, status: 503, error },
  { ...refused, reason: 'token_inactive', inactiveReason: 'answer', status: 401, error: undefined },
  { client, type: 'circuit_changed', endpoint: client.endpoint, tokens: 'known', state: 'open', openMs: 1 },
  { client, type: 'feed_changed', change: 'failed', endpoint: undefined, error },
  { client, type: 'cache_failed', error: new CacheStoreError('gone') },
  { client, type: 'forgotten', fingerprint: undefined },
]
const SERVER_EVENTS: readonly ((IntrospectionHandlerEvent & RevocationHandlerEvent) | IntrospectionHandlerEvent)[] = [
  {
    type: 'introspected',
    protectedResource: 'a',
    active: true,
    reason: undefined,
    resolver: undefined,
    fingerprint: 'f',
    durationMs: 1,
  },
  {
    type: 'introspected',
    protectedResource: 'a',
    active: false,
    reason: 'expired',
    resolver: undefined,
    fingerprint: 'f',
    durationMs: 1,
  },
  { type: 'refused', error: new RequestInvalidError('x'), status: 400, durationMs: 1 },
]

/** The text that Prometheus gets after these events. */
async function exportText(): Promise<string> {
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE)
  const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 })
  const provider = new MeterProvider({ readers: [reader] })
  const meter = provider.getMeter('test')
  const onClientEvent = recordIntrospections({ meter })
  CLIENT_EVENTS.forEach(onClientEvent)
  const onServerEvent = recordEvents({ meter })
  SERVER_EVENTS.forEach(onServerEvent)
  recordEvents({ meter, endpoint: 'revocation' })({ type: 'revoked', client: 'a', ended: 'token', durationMs: 1 })
  const statistics = new IntrospectionClient({
    endpoint: client.endpoint,
    clientAuthentication: clientSecretBasic('orders-api', 's3cr3t'),
    cache: { maxAgeSeconds: 30 },
  }).statistics()
  const feed = {
    position: 'p',
    events: 1,
    gaps: 1,
    voided: 1,
    knownSeconds: 2,
    since: undefined,
    revokedKeys: 0,
    isListening: true,
  }
  const stop = observeStatistics({ statistics: () => ({ ...statistics, feed }) }, meter)
  const { resourceMetrics } = await reader.collect()
  stop()
  await provider.shutdown()
  // The exporter names its enums of an older version of the SDK.
  // oxlint-disable-next-line typescript/no-unsafe-enum-assignment
  return new PrometheusSerializer().serialize(resourceMetrics)
}

const text = await exportText()

/** The Collector and the OTLP receiver of Prometheus add the unit to the name. The exporter for Node does not. */
const NAMINGS = {
  'the exporter for Node': text,
  'the Collector': text.replaceAll(
    /^(token_introspection_\w+?(?:duration|feed_known))(?=_bucket|_count|_sum|\{)/gm,
    '$1_seconds',
  ),
}

describe.each(Object.entries(NAMINGS))('by the names of %s', (_, exported) => {
  const samples = readSamples(exported)

  test.each(queries)('%s', (_title, query) => {
    const selectors = usedSelectors(query)
    expect(selectors).not.toEqual([])
    for (const { name, labels } of selectors) {
      const [found, ...others] = [...samples].filter(([sample]) => name.test(sample))
      expect([name.source, found?.[0]]).toEqual([name.source, expect.any(String)])
      // Two series of one metric would be counted twice.
      if (!name.source.includes('client|server')) expect(others).toEqual([])
      for (const { label, value } of labels) {
        if (ADDED.includes(label)) continue
        expect([...(found?.[1].keys() ?? [])]).toContain(label)
        if (value !== undefined) expect([...(found?.[1].get(label) ?? [])]).toContain(value)
      }
    }
  })
})

test('the page has the three alerts that somebody is woken for', () => {
  expect(queries.filter(([title]) => title === 'an alert')).toHaveLength(3)
})
