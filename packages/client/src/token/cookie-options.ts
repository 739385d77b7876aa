/** Options for tokens in a cookie. */
import { isSecureUrl } from '@token-introspection/core'
import type { OptionGroup as Group } from '@token-introspection/core/options'
import { OptionGroup } from '@token-introspection/core/options'

/**
 * Group `token.cookie`: a browser sends the token in a cookie, which a backend of yours has set.
 *
 * Security: set the cookie with `HttpOnly`, `Secure`, `SameSite=Lax` or `Strict`, `Path=/`, no `Domain`, and a name that
 * begins with `__Host-`. Otherwise another subdomain can replace it.
 */
export interface CookieOptions {
  /** The name of the cookie, with case, such as `__Host-access_token`. */
  readonly name: string
  /**
   * Origins of pages that may change something with the cookie, such as `https://app.example.com`. A browser sends the
   * cookie with requests of any page, so a request that may change something needs `Sec-Fetch-Site: same-origin`, or an
   * `Origin` from this list; otherwise the guard answers 403 without asking about the token. Requests with the methods
   * GET, HEAD and OPTIONS need neither, unless they have the field `Upgrade` or `Sec-WebSocket-Version`. Default none: only pages
   * of the same origin, in browsers that send `Sec-Fetch-Site`.
   */
  readonly allowedOrigins?: readonly string[] | undefined
}

/** The resolved options. */
export interface CookieSource {
  readonly name: string
  readonly allowedOrigins: ReadonlySet<string>
}

/** The characters of a cookie name (RFC 6265 §4.1.1). */
const COOKIE_NAME = /^[A-Za-z0-9!#$%&'*+\-.^_`|~]+$/

/** Reads the group; `undefined` when it is not given. */
export function resolveCookie(token: Group): CookieSource | undefined {
  if (!token.has('cookie')) return undefined
  const group = new OptionGroup(token.path('cookie'), token.raw('cookie'), ['name', 'allowedOrigins'])
  const name = group.string('name')
  if (name === undefined) throw group.error('name', 'is required')
  if (!COOKIE_NAME.test(name)) throw group.error('name', 'must be the name of a cookie, such as __Host-access_token')
  const origins = group.strings('allowedOrigins') ?? []
  if (!origins.every(isOrigin)) {
    throw group.error('allowedOrigins', 'must be https origins without a path, such as https://app.example.com')
  }
  return Object.freeze({ name, allowedOrigins: new Set(origins) })
}

function isOrigin(value: string): boolean {
  if (!URL.canParse(value)) return false
  const url = new URL(value)
  return url.origin === value && isSecureUrl(url, { allowHttpOnLoopback: true })
}
