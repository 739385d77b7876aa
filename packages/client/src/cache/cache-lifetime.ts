/** Step `cache`: how long an answer may be used again (RFC 7662 §4). */
import type { IntrospectionResponse } from '@token-introspection/core'

/** How old an answer may be. */
export interface CacheLimits {
  readonly maxAgeSeconds: number
  readonly inactiveMaxAgeSeconds: number
}

/**
 * Seconds an answer may be reused. An active answer is never kept past the token's own `exp`, with no leeway, so that a
 * cache hit cannot outlive the token.
 *
 * @param now - when it was asked for, in seconds since the epoch, fractions and all.
 */
export function cacheLifetime(response: IntrospectionResponse, limits: CacheLimits, now: number): number {
  if (!response.active) return limits.inactiveMaxAgeSeconds
  if (response.exp === undefined) return limits.maxAgeSeconds
  return Math.max(0, Math.min(limits.maxAgeSeconds, response.exp - now))
}
