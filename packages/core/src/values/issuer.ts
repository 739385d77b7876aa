/** Issuer identifiers, and the URLs of their metadata (RFC 8414 §2, §3.1; RFC 9728 §3.1). */

import { checkOptionNames } from '../options/option-group.ts'

/**
 * Scheme, `//`, an authority without credentials and a path. No query, no fragment, no character that the URL parser
 * would silently change.
 */
const ISSUER = /^https?:\/\/[^/?#@\\\s\x00-\x1f\x7f]+(?:\/[^?#\\\s\x00-\x1f\x7f]*)?$/i

/** Which URLs may use plain http. https is always allowed. */
export interface UrlRules {
  /** Allow `http:` when the host is `localhost`, `*.localhost`, `127.0.0.0/8` or `[::1]`. */
  readonly allowHttpOnLoopback?: boolean | undefined
  /** Allow `http:` for these origins, such as `http://keycloak:8080`. */
  readonly allowHttpOrigins?: ReadonlySet<string> | undefined
}

/** Whether a URL's host is this machine by its name alone. There is no DNS lookup. */
export function isLoopbackHost(hostname: string): boolean {
  return (
    hostname === 'localhost' ||
    hostname.endsWith('.localhost') ||
    hostname === '[::1]' ||
    /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(hostname)
  )
}

/** Whether a token or a credential may be sent to a URL: over https, or over http where the rules allow it. */
export function isSecureUrl(url: URL, rules: UrlRules = {}): boolean {
  checkOptionNames('rules', rules, ['allowHttpOnLoopback', 'allowHttpOrigins'])
  if (!['boolean', 'undefined'].includes(typeof rules.allowHttpOnLoopback)) {
    throw new TypeError('rules.allowHttpOnLoopback: must be true or false')
  }
  if (rules.allowHttpOrigins !== undefined && !(rules.allowHttpOrigins instanceof Set)) {
    throw new TypeError('rules.allowHttpOrigins: must be a Set')
  }
  if (url.protocol === 'https:') return true
  if (url.protocol !== 'http:') return false
  return (
    (rules.allowHttpOnLoopback === true && isLoopbackHost(url.hostname)) ||
    rules.allowHttpOrigins?.has(url.origin) === true
  )
}

/**
 * Whether a value is an issuer identifier: an https URL without query, fragment or credentials (RFC 8414 §2).
 */
export function isIssuer(value: unknown, rules: UrlRules = {}): value is string {
  return typeof value === 'string' && ISSUER.test(value) && URL.canParse(value) && isSecureUrl(new URL(value), rules)
}

/**
 * The URLs at which an issuer may publish its metadata, in the order to try: the RFC 8414 §3.1 form, the OpenID Connect
 * Discovery form, and for an issuer with a path the RFC 8414 §5 form of the OpenID document.
 *
 * @example
 * ```ts
 * import { authorizationServerMetadataUrls } from '@token-introspection/core'
 *
 * authorizationServerMetadataUrls('https://example.com/issuer1')
 * // ['https://example.com/.well-known/oauth-authorization-server/issuer1',
 * //  'https://example.com/issuer1/.well-known/openid-configuration',
 * //  'https://example.com/.well-known/openid-configuration/issuer1']
 * ```
 */
export function authorizationServerMetadataUrls(issuer: string): string[] {
  const url = new URL(issuer)
  const path = url.pathname.replace(/\/$/, '')
  const urls = [
    `${url.origin}/.well-known/oauth-authorization-server${path}`,
    `${url.origin}${path}/.well-known/openid-configuration`,
  ]
  if (path !== '') urls.push(`${url.origin}/.well-known/openid-configuration${path}`)
  return urls
}

/**
 * The URL at which a protected resource publishes its metadata. The well-known path stands between host and path. A
 * path that is only a slash is dropped (RFC 9728 §3.1).
 */
export function protectedResourceMetadataUrl(resource: string): string {
  const url = new URL(resource)
  const path = url.pathname === '/' ? '' : url.pathname
  return `${url.origin}/.well-known/oauth-protected-resource${path}${url.search}`
}
