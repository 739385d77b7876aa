/** Bars on answers from the cache, and on the bounds of the cache. */
import { CACHE_BOUNDS, figureNames } from '../../sides/cache-bounds.ts'
import type { Bar } from './bar.ts'

const hit = {
  side: 'cache hit',
  variant: 'introspect() hit',
  by: 'hand-written sync hit',
  metric: 'cpuMicrosPerCall',
} as const

export const cachedBars: readonly Bar[] = [
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
]
