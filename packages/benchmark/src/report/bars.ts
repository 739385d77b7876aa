/** The bars: limits for the cost of our two sides, as ratios within one run. */
import type { Side } from '../arguments.ts'
import type { Metric } from '../measure/ratio.ts'
import { CACHE_BOUNDS, figureNames } from '../sides/cache-bounds.ts'
import { REVOCATION_SIDES } from '../sides/store-sides.ts'
import type { FigureUnit } from './figures.ts'

/** The members of every bar. */
interface Limit {
  readonly side: Side
  /** The bar as a sentence. */
  readonly says: string
  readonly atMost?: number
  readonly atLeast?: number
}

/** A figure of one variant divided by the same figure of another stays within a limit. */
export interface RatioBar extends Limit {
  readonly variant: string
  /** The divisor: the base, or another candidate. */
  readonly by: string
  readonly metric: Metric
}

/** A single figure stays within a limit. */
export interface FigureBar extends Limit {
  readonly figure: string
  readonly unit: FigureUnit
}

/** One bar. */
export type Bar = RatioBar | FigureBar

const client = {
  side: 'client',
  variant: 'IntrospectionClient',
  by: 'undici request + JSON.parse',
} as const
const hit = {
  side: 'cache hit',
  variant: 'introspect() hit',
  by: 'hand-written sync hit',
  metric: 'cpuMicrosPerCall',
} as const
const server = { side: 'server', variant: 'toNodeHandler', by: 'node:http fixed JSON' } as const

const postgres = { variant: 'createPostgresTokenStore', by: 'one statement per token' } as const
const redis = { variant: 'createRedisTokenStore', by: 'GET + JSON.parse', metric: 'callsPerSecond' } as const

const signed = { side: 'signed', metric: 'cpuMicrosPerCall' } as const

/** Every bar. */
export const bars: readonly Bar[] = [
  {
    ...client,
    says: 'introspect() uses less CPU than a bare undici request with JSON.parse',
    metric: 'cpuMicrosPerCall',
    atMost: 0.95,
  },
  {
    ...client,
    says: 'introspect() uses less CPU than a client by hand with a deadline, checks and shared requests',
    by: 'client by hand',
    metric: 'cpuMicrosPerCall',
    atMost: 0.95,
  },
  {
    ...client,
    says: 'introspect() makes as many calls a second as a bare undici request',
    metric: 'callsPerSecond',
    atLeast: 0.95,
  },
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
    ...hit,
    says: 'an answer from the cache, given at once, costs hardly more than the least lookup by hand',
    variant: 'answer() hit',
    atMost: 1.15,
  },
  {
    ...hit,
    says: 'a feed of revocations in which nothing happens costs a hit hardly anything',
    variant: 'answer() hit, quiet feed',
    by: 'answer() hit',
    atMost: 1.05,
  },
  {
    ...hit,
    says: 'and 10,000 revocations a second cost it little',
    variant: 'answer() hit, busy feed',
    by: 'answer() hit',
    atMost: 1.2,
  },
  { ...hit, says: 'and so does one behind a promise', by: 'hand-written async hit', atMost: 1.15 },
  {
    ...hit,
    says: 'a guard that decides at once costs half as much again',
    variant: 'guard.decide() hit',
    atMost: 1.5,
  },
  {
    ...hit,
    says: 'a guard costs hardly more than parsing the header and introspecting',
    variant: 'guard hit',
    by: 'introspect() hit, header parsed',
    atMost: 1.2,
  },
  ...(['RS256', 'ES256', 'EdDSA'] as const).map(
    (alg): Bar => ({
      ...hit,
      says: `verifying a JWT signed with ${alg} costs many times as much`,
      variant: `jwtVerify ${alg}`,
      by: hit.variant,
      atLeast: 45,
    }),
  ),
  {
    ...hit,
    says: 'a signed answer from the cache costs a small part of verifying it again',
    variant: 'signed answer verified again',
    by: 'introspect() hit, signed answers',
    atLeast: 30,
  },
  {
    ...hit,
    side: '99 % hits',
    says: 'with one new token in a hundred, lru-cache with oauth4webapi costs more than twice as much',
    variant: 'lru-cache + oauth4webapi',
    by: 'IntrospectionClient',
    atLeast: 2.2,
  },
  {
    ...hit,
    side: '99 % hits',
    says: 'and still more when its keys are digests too, so that it keeps no token',
    variant: 'lru-cache by digest + oauth4webapi',
    by: 'IntrospectionClient',
    atLeast: 2.2,
  },
  ...([figureNames.hundredThousand, figureNames.million] as const).map(
    (figure): Bar => ({
      side: CACHE_BOUNDS,
      says: 'an answer in memory is small',
      figure,
      unit: 'B',
      atMost: 360,
    }),
  ),
  {
    side: CACHE_BOUNDS,
    says: 'a feed of revocations costs hardly any memory per answer',
    figure: figureNames.followed,
    unit: 'ratio',
    atMost: 1.1,
  },
  {
    side: CACHE_BOUNDS,
    says: 'a full cache that changes all the time causes no long pause',
    figure: figureNames.incremental,
    unit: 'ms',
    atMost: 8,
  },
  {
    side: CACHE_BOUNDS,
    says: 'calls about one token share one request',
    figure: figureNames.herd,
    unit: 'count',
    atMost: 1,
    atLeast: 1,
  },
  {
    ...server,
    says: 'the Node handler uses little more CPU than node:http writing fixed JSON',
    metric: 'cpuMicrosPerCall',
    atMost: 1.3,
  },
  { ...server, says: 'and answers three quarters as many requests a second', metric: 'callsPerSecond', atLeast: 0.78 },
  {
    ...server,
    says: 'the Node handler uses hardly more CPU than an endpoint by hand that checks the caller and finds the token',
    by: 'endpoint by hand',
    metric: 'cpuMicrosPerCall',
    atMost: 1.05,
  },
  {
    ...server,
    says: 'oidc-provider costs several times as much',
    variant: 'oidc-provider',
    by: server.variant,
    metric: 'cpuMicrosPerCall',
    atLeast: 6.5,
  },
  {
    ...server,
    says: 'after its first verification, a secret registered as a slow hash costs as much as a plain one',
    variant: 'PBKDF2 secret',
    by: server.variant,
    metric: 'cpuMicrosPerCall',
    atMost: 1.1,
  },
  {
    ...server,
    says: 'the fetch form costs little more when Request and Response are light',
    variant: 'fetch form, @hono/node-server',
    metric: 'cpuMicrosPerCall',
    atMost: 1.55,
  },
  {
    ...server,
    says: 'the fetch form costs a few times as much when Request and Response are the global ones',
    variant: 'fetch form, plain adapter',
    metric: 'cpuMicrosPerCall',
    atMost: 2.6,
  },
  ...(['@hono/node-server', 'plain adapter'] as const).map(
    (adapter): Bar => ({
      ...server,
      says: `the fetch form costs little more than fixed JSON with the same Request and Response (${adapter})`,
      variant: `fetch form, ${adapter}`,
      by: `fixed JSON, ${adapter}`,
      metric: 'cpuMicrosPerCall',
      atMost: 1.4,
    }),
  ),
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
    atMost: 1.18,
  },
  {
    side: 'fastify',
    says: 'and hardly more than an endpoint by hand that checks the caller and finds the token',
    variant: 'toFastifyPlugin',
    by: 'Fastify, endpoint by hand',
    metric: 'cpuMicrosPerCall',
    atMost: 1.05,
  },
  ...(['Express', 'Fastify', 'Koa', 'Node'] as const).map(
    (framework): Bar => ({
      side: `guard in ${framework.toLowerCase() as Lowercase<typeof framework>}`,
      says: `a guarded route in ${framework} costs hardly more than the same route without a guard`,
      variant: `${framework}, guarded route`,
      by: `${framework}, minimal route`,
      metric: 'cpuMicrosPerCall',
      atMost: framework === 'Fastify' ? 1.01 : 1.06,
    }),
  ),
  ...(['Express', 'Fastify', 'Koa', 'Node'] as const).map(
    (framework): Bar => ({
      side: `guard in ${framework.toLowerCase() as Lowercase<typeof framework>}`,
      says: `and hardly more than the same route in ${framework} behind a guard by hand`,
      variant: `${framework}, guarded route`,
      by: `${framework}, guarded by hand`,
      metric: 'cpuMicrosPerCall',
      atMost: 1.06,
    }),
  ),
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
    says: 'shared queries allow almost twice as many lookups a second',
    metric: 'callsPerSecond',
    atLeast: 1.8,
  },
  {
    ...postgres,
    side: 'postgres, alone',
    says: 'a single lookup takes hardly longer than its statement',
    metric: 'callsPerSecond',
    atLeast: 0.91,
  },
  { ...redis, side: 'node-redis, 16 at once', says: 'lookups are about as many as GETs', atLeast: 0.9 },
  { ...redis, side: 'node-redis, 64 at once', says: 'also with more at once', atLeast: 0.9 },
  { ...redis, side: 'ioredis, 16 at once', says: 'lookups are about as many as GETs', atLeast: 0.9 },
  { ...redis, side: 'ioredis, 64 at once', says: 'also with more at once', atLeast: 0.9 },
  ...REVOCATION_SIDES.map(
    (side): Bar => ({
      side,
      variant: 'with a log',
      by: 'without a log',
      metric: 'callsPerSecond',
      // A revocation that takes 1.15 times as long.
      ...(side.endsWith('alone')
        ? { says: 'a revocation takes hardly longer with its event', atLeast: 1 / 1.15 }
        : { says: 'and several at once keep most of their number a second', atLeast: 0.6 }),
    }),
  ),
  {
    side: 'memory',
    says: 'a thousand times as many tokens cost a request hardly more',
    variant: '1,000,000 tokens',
    by: '1,000 tokens',
    metric: 'cpuMicrosPerCall',
    atMost: 1.2,
  },
]
