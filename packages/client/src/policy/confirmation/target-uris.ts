/** The URI that a DPoP proof must have: an origin of this API with the path of the request (RFC 9449 §4.3). */
import type { GuardRequest } from '../../token/guard-request.ts'

/** Finds the URIs to which a request may have been sent. */
export type FindTargetUris = (request: GuardRequest) => readonly string[]

/** Scheme and authority of a request target in absolute form. They are as untrusted as `Host`. */
const ORIGIN = /^https?:\/\/[^/?#]*/i

/** The path of a request at each of these origins. Without a path the list is empty. */
export function targetUrisAt(origins: readonly string[]): FindTargetUris {
  return ({ url }) => {
    const path = url === undefined ? undefined : pathOf(url)
    return path === undefined ? [] : origins.map((origin) => `${origin}${path}`)
  }
}

/** Appends the path as text. Resolving it against the origin would let `//evil.example/` change the host. */
function pathOf(url: string): string | undefined {
  const target = url.replace(ORIGIN, '')
  const end = target.search(/[?#]/)
  const path = end === -1 ? target : target.slice(0, end)
  if (path.startsWith('/')) return path
  return path === '' && target !== url ? '/' : undefined
}
