/** The client answered from its cache: what a hit costs, and what a cache brings where it does not know everything. */
import type { SidePlan } from './variant.ts'

/** Each with a base of its own. Every call of a hit is one that makes no request. */
export const cachedSides = {
  'cache hit': {
    base: { name: 'hand-written sync hit', program: 'variants/cached/hand-written.ts', everyNth: 1 },
    candidates: [
      { name: 'introspect() hit', program: 'variants/cached/introspect-hit.ts', everyNth: 1 },
      { name: 'introspect() hit, header parsed', program: 'variants/cached/introspect-hit-parsed.ts', everyNth: 1 },
      { name: 'guard hit', program: 'variants/cached/guard-hit.ts', everyNth: 1 },
      { name: 'hand-written async hit', program: 'variants/cached/hand-written-async.ts', everyNth: 2 },
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
    ],
  },
} as const satisfies Readonly<Record<string, SidePlan>>

/** The name of one of them. */
export type CachedSide = keyof typeof cachedSides

/** All of them, in the order they are measured. */
export const CACHED_SIDES = Object.keys(cachedSides) as CachedSide[]
