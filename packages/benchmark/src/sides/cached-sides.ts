/** The client with its cache: the cost of a hit, and the gain when the cache does not know every token. */
import type { SidePlan } from './variant.ts'

/** Each side has a base of its own. In the sides of hits no call makes a request. */
export const cachedSides = {
  'cache hit': {
    base: { name: 'hand-written sync hit', program: 'variants/cached/hand-written.ts', everyNth: 1 },
    candidates: [
      { name: 'answer() hit', program: 'variants/cached/answer-hit.ts', everyNth: 1 },
      { name: 'answer() hit, quiet feed', program: 'variants/cached/answer-hit-quiet-feed.ts', everyNth: 1 },
      { name: 'answer() hit, busy feed', program: 'variants/cached/answer-hit-busy-feed.ts', everyNth: 1 },
      { name: 'introspect() hit', program: 'variants/cached/introspect-hit.ts', everyNth: 1 },
      { name: 'introspect() hit, header parsed', program: 'variants/cached/introspect-hit-parsed.ts', everyNth: 1 },
      { name: 'guard.decide() hit', program: 'variants/cached/guard-decide-hit.ts', everyNth: 1 },
      { name: 'guard hit', program: 'variants/cached/guard-hit.ts', everyNth: 1 },
      { name: 'hand-written async hit', program: 'variants/cached/hand-written-async.ts', everyNth: 1 },
      { name: 'introspect() hit, signed answers', program: 'variants/cached/signed-hit.ts', everyNth: 2 },
      { name: 'signed answer verified again', program: 'variants/cached/verify-signed-answer.ts', everyNth: 4 },
      { name: 'jwtVerify RS256', program: 'variants/cached/jose-rs256.ts', everyNth: 4 },
      { name: 'jwtVerify ES256', program: 'variants/cached/jose-es256.ts', everyNth: 4 },
      { name: 'jwtVerify EdDSA', program: 'variants/cached/jose-eddsa.ts', everyNth: 4 },
    ],
  },
  'cache hit, 1 kB tokens': {
    base: { name: 'hand-written sync hit', program: 'variants/cached/hand-written-long.ts', everyNth: 1 },
    candidates: [{ name: 'introspect() hit', program: 'variants/cached/introspect-hit-long.ts', everyNth: 1 }],
  },
  '99 % hits': {
    base: { name: 'lru-cache + oauth4webapi', program: 'variants/cached/mixed-lru-cache.ts', everyNth: 1 },
    candidates: [
      { name: 'IntrospectionClient', program: 'variants/cached/mixed-introspection-client.ts', everyNth: 1 },
      {
        name: 'lru-cache by digest + oauth4webapi',
        program: 'variants/cached/mixed-lru-cache-digests.ts',
        everyNth: 1,
      },
    ],
  },
} as const satisfies Readonly<Record<string, SidePlan>>

/** The name of one of these sides. */
export type CachedSide = keyof typeof cachedSides

/** The sides in the order in which they are measured. */
export const CACHED_SIDES = Object.keys(cachedSides) as CachedSide[]
