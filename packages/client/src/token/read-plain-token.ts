/** Step `token`: a token that stands in a field or a cookie by itself. */
import { readBearerToken } from '@token-introspection/core'

const BEARER = /^bearer +/i
const SCHEME_ALONE = /^bearer$/i

/**
 * The token of a text that is a token, or `Bearer` and a token (RFC 6750 §2.1). `undefined` for any other text, such as two
 * values that are joined by a comma.
 */
export function readPlainToken(text: string): string | undefined {
  return SCHEME_ALONE.test(text) ? undefined : readBearerToken(`Bearer ${text.replace(BEARER, '')}`)
}

/**
 * The token of a cookie. Many frameworks escape the value of a cookie, and no token has a `%` (RFC 6750 §2.1).
 */
export function readCookieToken(value: string): string | undefined {
  if (!value.includes('%')) return readPlainToken(value)
  try {
    return readPlainToken(decodeURIComponent(value))
  } catch {
    return undefined
  }
}
