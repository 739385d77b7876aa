/** Step `token`: the values of one cookie in the `Cookie` field (RFC 6265 §4.2.1). */

/** A longer field is not read. Browsers and servers allow less. */
const MAX_COOKIE_CHARACTERS = 65_536

/**
 * Every value of the cookie, unchanged. A browser can hold several cookies of one name, for other paths or domains, and it
 * sends no word about which is which. `undefined` for a field that is too long to read.
 */
export function readCookie(field: string | null | undefined, name: string): readonly string[] | undefined {
  if (field === undefined || field === null) return []
  if (field.length > MAX_COOKIE_CHARACTERS) return undefined
  return field.split(';').flatMap((pair) => {
    const equals = pair.indexOf('=')
    return equals !== -1 && pair.slice(0, equals).trim() === name ? [pair.slice(equals + 1).trim()] : []
  })
}
