/** Step `transport`: which URLs may get a token. */
import { isSecureUrl, type UrlRules } from '@token-introspection/core'

/**
 * Whether a URL may be an endpoint: https, unless the rules allow http, without a fragment (RFC 6749 §3.2), and without
 * credentials, which would be a second client authentication.
 */
export function isEndpoint(url: URL, rules: UrlRules): boolean {
  return isSecureUrl(url, rules) && !url.href.includes('#') && url.username === '' && url.password === ''
}
