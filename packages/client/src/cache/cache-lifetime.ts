/** Step `cache`: how long an answer may be used again (RFC 7662 §4). */
import type { IntrospectionResponse } from '@token-introspection/core'
import type { ScopeLimits } from './scope-limits.ts'

/** The age limits of answers. */
export interface CacheLimits {
  readonly maxAgeSeconds: number
  readonly inactiveMaxAgeSeconds: number
  /** The limit of active answers that a feed of revocations can make void; `undefined` without a feed. */
  readonly maxAgeWhileConnectedSeconds?: number | undefined
  /** The limit by scope; `undefined` when no scope has one. */
  readonly byScope?: ScopeLimits | undefined
}

/**
 * The number of seconds for which an answer may be reused. An active answer is never kept past the token's own `exp`,
 * without leeway, so that a cache hit cannot outlive the token.
 *
 * @param now - the time of the request, in seconds since the epoch, with fractions.
 * @param isFollowed - whether a feed of revocations can make the answer void.
 */
export function cacheLifetime(
  response: IntrospectionResponse,
  limits: CacheLimits,
  now: number,
  isFollowed = false,
): number {
  if (!response.active) return limits.inactiveMaxAgeSeconds
  const { maxAgeSeconds, maxAgeWhileConnectedSeconds, byScope } = limits
  const longest = isFollowed ? Math.max(maxAgeSeconds, maxAgeWhileConnectedSeconds ?? 0) : maxAgeSeconds
  const allowed = byScope === undefined ? longest : Math.min(longest, byScope.limitOf(response))
  if (response.exp === undefined) return allowed
  return Math.max(0, Math.min(allowed, response.exp - now))
}
