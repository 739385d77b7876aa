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
    return equals !== -1 && trim(pair.slice(0, equals)) === name ? [trim(pair.slice(equals + 1))] : []
  })
}

/**
 * Drops the white space that browsers drop, too. `trim()` drops more: another subdomain could set a cookie whose name begins
 * with a no-break space and then with `__Host-`, because browsers see another name there.
 */
function trim(text: string): string {
  let start = 0
  let end = text.length
  while (start < end && isSpace(text[start])) start++
  while (end > start && isSpace(text[end - 1])) end--
  return text.slice(start, end)
}

function isSpace(character: string | undefined): boolean {
  return character === ' ' || character === '\t'
}
