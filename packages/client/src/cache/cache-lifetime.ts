/** Step `cache`: how long an answer may be used again (RFC 7662 §4). */
import type { IntrospectionResponse } from '@token-introspection/core'

/** The age limits of answers. */
export interface CacheLimits {
  readonly maxAgeSeconds: number
  readonly inactiveMaxAgeSeconds: number
}

/**
 * The number of seconds for which an answer may be reused. An active answer is never kept past the token's own `exp`,
 * without leeway, so that a cache hit cannot outlive the token.
 *
 * @param now - the time of the request, in seconds since the epoch, with fractions.
 */
export function cacheLifetime(response: IntrospectionResponse, limits: CacheLimits, now: number): number {
  if (!response.active) return limits.inactiveMaxAgeSeconds
  if (response.exp === undefined) return limits.maxAgeSeconds
  return Math.max(0, Math.min(limits.maxAgeSeconds, response.exp - now))
}
