/** Compares distinguished names as X.520 does: case and repeated white space do not count (RFC 8705 §2.1.2, RFC 4514). */

/** Other names of attribute types. */
const ALIASES: ReadonlyMap<string, string> = new Map([
  ['2.5.4.3', 'cn'],
  ['commonname', 'cn'],
  ['2.5.4.4', 'sn'],
  ['surname', 'sn'],
  ['2.5.4.5', 'serialnumber'],
  ['2.5.4.6', 'c'],
  ['countryname', 'c'],
  ['2.5.4.7', 'l'],
  ['localityname', 'l'],
  ['2.5.4.8', 'st'],
  ['s', 'st'],
  ['stateorprovincename', 'st'],
  ['2.5.4.9', 'street'],
  ['streetaddress', 'street'],
  ['2.5.4.10', 'o'],
  ['organizationname', 'o'],
  ['2.5.4.11', 'ou'],
  ['organizationalunitname', 'ou'],
  ['2.5.4.12', 'title'],
  ['2.5.4.15', 'businesscategory'],
  ['2.5.4.17', 'postalcode'],
  ['2.5.4.42', 'gn'],
  ['givenname', 'gn'],
  ['2.5.4.97', 'organizationidentifier'],
  ['0.9.2342.19200300.100.1.1', 'uid'],
  ['userid', 'uid'],
  ['0.9.2342.19200300.100.1.25', 'dc'],
  ['domaincomponent', 'dc'],
  ['1.2.840.113549.1.9.1', 'emailaddress'],
  ['e', 'emailaddress'],
  ['email', 'emailaddress'],
])

const ATTRIBUTE_TYPE = /^(?:[A-Za-z][A-Za-z0-9-]*|\d+(?:\.\d+)+)$/
const ESCAPE = /\\(?:([0-9a-fA-F]{2})|([ "#+,;<=>\\]))/y

/**
 * A comparable form of an RFC 4514 text, in which the last relative name comes first. `undefined` for other text, and for a
 * value in hexadecimal, which cannot be compared.
 */
export function normalizeDistinguishedName(text: string): string | undefined {
  return normalize(text, ',', true)
}

/** The same form for a subject from a certificate, which has one relative name per line in the opposite order. */
export function normalizeSubject(lines: string): string | undefined {
  return normalize(lines, '\n', false)
}

function normalize(text: string, separator: string, reversed: boolean): string | undefined {
  const relativeNames: string[] = []
  for (const relativeName of splitUnescaped(text, separator)) {
    const attributes: string[] = []
    for (const attribute of splitUnescaped(relativeName, '+')) {
      const normalized = normalizeAttribute(attribute)
      if (normalized === undefined) return undefined
      attributes.push(normalized)
    }
    // The attributes of one relative name have no order.
    relativeNames.push(JSON.stringify(attributes.toSorted()))
  }
  return (reversed ? relativeNames.toReversed() : relativeNames).join()
}

function splitUnescaped(text: string, separator: string): string[] {
  const parts: string[] = []
  let start = 0
  for (let index = 0; index < text.length; index++) {
    if (text[index] === '\\') index++
    else if (text[index] === separator) {
      parts.push(text.slice(start, index))
      start = index + 1
    }
  }
  return [...parts, text.slice(start)]
}

function normalizeAttribute(attribute: string): string | undefined {
  const equals = attribute.indexOf('=')
  const type = attribute.slice(0, Math.max(equals, 0)).trim()
  const value = unescapeValue(attribute.slice(equals + 1).trimStart())
  if (!ATTRIBUTE_TYPE.test(type) || value === undefined) return undefined
  const name = type.toLowerCase()
  const folded = value.normalize('NFKC').toLowerCase().replace(/\s+/g, ' ').trim()
  return folded === '' ? undefined : `${ALIASES.get(name) ?? name}=${folded}`
}

function unescapeValue(value: string): string | undefined {
  if (value.startsWith('#') || value.startsWith('"')) return undefined
  const octets: number[] = []
  const encoder = new TextEncoder()
  for (let index = 0; index < value.length; ) {
    if (value[index] !== '\\') {
      const character = String.fromCodePoint(value.codePointAt(index) as number)
      octets.push(...encoder.encode(character))
      index += character.length
      continue
    }
    ESCAPE.lastIndex = index
    const match = ESCAPE.exec(value)
    if (match === null) return undefined
    octets.push(match[1] === undefined ? (match[2] as string).charCodeAt(0) : Number.parseInt(match[1], 16))
    index = ESCAPE.lastIndex
  }
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Uint8Array.from(octets))
  } catch {
    return undefined
  }
}
