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

const postgres = { variant: 'createPostgresTokenStore', by: 'one statement per token' } as const
const redis = { variant: 'createRedisTokenStore', by: 'GET + JSON.parse', metric: 'callsPerSecond' } as const

const signed = { side: 'signed', metric: 'cpuMicrosPerCall' } as const

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
  {
    ...server,
    says: 'a secret that is registered as a slow hash costs as much as a plain one, once it was verified',
    variant: 'PBKDF2 secret',
    by: server.variant,
    metric: 'cpuMicrosPerCall',
    atMost: 1.1,
  },
  {
    ...server,
    says: 'the fetch form costs little more, where Request and Response are light',
    variant: 'fetch form, @hono/node-server',
    metric: 'cpuMicrosPerCall',
    atMost: 1.6,
  },
  {
    side: 'express',
    says: 'our endpoint in Express costs hardly more than the least endpoint there',
    variant: 'toExpressHandler',
    by: 'Express, minimal endpoint',
    metric: 'cpuMicrosPerCall',
    atMost: 1.1,
  },
  {
    side: 'fastify',
    says: 'our endpoint in Fastify costs hardly more than the least endpoint there',
    variant: 'toFastifyPlugin',
    by: 'Fastify, minimal endpoint',
    metric: 'cpuMicrosPerCall',
    atMost: 1.1,
  },
  {
    ...signed,
    says: 'an answer signed with ES256 costs little more than an unsigned one and a signature of jose',
    variant: 'signed ES256',
    by: 'JSON + jose ES256',
    atMost: 1.08,
  },
  { ...signed, says: 'and so does RS256', variant: 'signed RS256', by: 'JSON + jose RS256', atMost: 1.12 },
  {
    ...signed,
    says: 'oidc-provider costs more than twice as much to sign with ES256',
    variant: 'oidc-provider, ES256',
    by: 'signed ES256',
    atLeast: 2.1,
  },
  {
    ...postgres,
    side: 'postgres, 64 at once',
    says: 'lookups that share queries are almost twice as many a second',
    metric: 'callsPerSecond',
    atLeast: 1.8,
  },
  {
    ...postgres,
    side: 'postgres, alone',
    says: 'a lookup alone takes hardly longer than its statement',
    metric: 'callsPerSecond',
    atLeast: 0.91,
  },
  { ...redis, side: 'node-redis, 16 at once', says: 'lookups are about as many as GETs', atLeast: 0.9 },
  { ...redis, side: 'node-redis, 64 at once', says: 'also with more at once', atLeast: 0.9 },
  { ...redis, side: 'ioredis, 16 at once', says: 'lookups are about as many as GETs', atLeast: 0.9 },
  { ...redis, side: 'ioredis, 64 at once', says: 'also with more at once', atLeast: 0.9 },
  {
    side: 'memory',
    says: 'a thousand times as many tokens cost a request hardly more',
    variant: '1,000,000 tokens',
    by: '1,000 tokens',
    metric: 'cpuMicrosPerCall',
    atMost: 1.3,
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
