/** The member `aud` of a token. */
import type { Audience } from '@token-introspection/core'

/** One audience as a string, and several as an array (RFC 7519 §4.1.3). */
export function toAudience(audiences: readonly string[]): Audience {
  const [only, ...others] = audiences
  return only !== undefined && others.length === 0 ? only : [...audiences]
}
