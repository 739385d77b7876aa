/** Normalizes the target URI of a request, so that two such URIs can be compared as strings (RFC 9449 §4.3). */

/** Printable ASCII without the backslash, because some parsers read a backslash as a slash. */
const URI_CHARACTERS = /^[\x21-\x5b\x5d-\x7e]+$/
const UNRESERVED = /[A-Za-z0-9\-._~]/
const ESCAPE = /%([0-9A-Fa-f]{2})/g
const BROKEN_ESCAPE = /%(?![0-9A-Fa-f]{2})/

/**
 * Removes query and fragment from a URI and normalizes the rest by syntax and scheme (RFC 3986 §6.2.2, §6.2.3): scheme
 * and host in lower case, no default port, no dot segments, `/` for an empty path, and escapes only where they are
 * needed.
 *
 * @returns `undefined` when the value is not an http or https URI, holds credentials, or has a broken escape.
 */
export function normalizeTargetUri(uri: unknown): string | undefined {
  if (typeof uri !== 'string' || !URI_CHARACTERS.test(uri) || !URL.canParse(uri)) return undefined
  const { protocol, host, username, password, pathname } = new URL(uri)
  if (protocol !== 'https:' && protocol !== 'http:') return undefined
  if (username !== '' || password !== '' || BROKEN_ESCAPE.test(pathname)) return undefined
  return `${protocol}//${host}${normalizeEscapes(pathname)}`
}

function normalizeEscapes(path: string): string {
  return path.replaceAll(ESCAPE, (escaped, hex: string) => {
    const character = String.fromCharCode(Number.parseInt(hex, 16))
    return UNRESERVED.test(character) ? character : escaped.toUpperCase()
  })
}
