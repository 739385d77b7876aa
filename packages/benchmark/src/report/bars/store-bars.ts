/** Bars on the token stores, with and without a log of revocations. */
import { REVOCATION_SIDES } from '../../sides/store-sides.ts'
import type { Bar } from './bar.ts'

const postgres = { variant: 'createPostgresTokenStore', by: 'one statement per token' } as const
const redis = { variant: 'createRedisTokenStore', by: 'GET + JSON.parse', metric: 'callsPerSecond' } as const

export const storeBars: readonly Bar[] = [
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
