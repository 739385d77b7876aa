/** The bars: how cheap our two sides have to be, as ratios measured in one run. */
import type { Side } from '../arguments.ts'
import type { Metric } from '../measure/ratio.ts'
import type { VariantSummary } from './summary.ts'

/** One bar: a figure of one variant divided by the same figure of another stays within a limit. */
export interface Bar {
  readonly side: Side
  /** In our own words, for people. */
  readonly says: string
  readonly variant: string
  /** What it is divided by: the base, or another candidate. */
  readonly by: string
  readonly metric: Metric
  readonly atMost?: number
  readonly atLeast?: number
}

/** A bar, and what was measured. */
export interface JudgedBar extends Bar {
  readonly measured: number
  readonly met: boolean
}

const client = {
  side: 'client',
  variant: 'IntrospectionClient',
  by: 'undici request + JSON.parse',
} as const
const server = { side: 'server', variant: 'toNodeHandler', by: 'node:http fixed JSON' } as const

/** Every bar that is measured so far. */
export const bars: readonly Bar[] = [
  {
    ...client,
    says: 'introspect() uses hardly more CPU than a bare undici request with JSON.parse',
    metric: 'cpuMicrosPerCall',
    atMost: 1.05,
  },
  { ...client, says: 'and makes as many calls a second', metric: 'callsPerSecond', atLeast: 0.95 },
  { ...client, says: 'and its slow calls are hardly slower (p99)', metric: 'p99Ms', atMost: 1.25 },
  {
    ...client,
    says: 'oauth4webapi costs several times as much',
    variant: 'oauth4webapi',
    by: client.variant,
    metric: 'cpuMicrosPerCall',
    atLeast: 6,
  },
  {
    ...client,
    says: 'openid-client costs more still',
    variant: 'openid-client',
    by: client.variant,
    metric: 'cpuMicrosPerCall',
    atLeast: 8,
  },
  {
    ...server,
    says: 'the Node handler uses little more CPU than node:http writing fixed JSON',
    metric: 'cpuMicrosPerCall',
    atMost: 1.35,
  },
  { ...server, says: 'and answers three quarters as many requests a second', metric: 'callsPerSecond', atLeast: 0.77 },
  {
    ...server,
    says: 'oidc-provider costs several times as much',
    variant: 'oidc-provider',
    by: server.variant,
    metric: 'cpuMicrosPerCall',
    atLeast: 5,
  },
]

/** Compares what was measured with the bars of a side; a figure that is missing misses its bar. */
export function judgeBars(side: Side, summaries: readonly VariantSummary[]): JudgedBar[] {
  return bars
    .filter((bar) => bar.side === side)
    .map((bar) => {
      const measured = toBase(bar.variant, bar.metric, summaries) / toBase(bar.by, bar.metric, summaries)
      return { ...bar, measured, met: measured <= (bar.atMost ?? Infinity) && measured >= (bar.atLeast ?? 0) }
    })
}

/** A figure as a ratio to the base's; two candidates are compared by way of the base. */
function toBase(name: string, metric: Metric, summaries: readonly VariantSummary[]): number {
  const summary = summaries.find((candidate) => candidate.name === name)
  if (summary === undefined) return Number.NaN
  return summary.ratios === undefined ? 1 : summary.ratios[metric].median
}
