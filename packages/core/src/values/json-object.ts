/**
 * Parses a JSON text that holds one object, and refuses texts that another parser could read differently (RFC 8259 §4).
 */
import { ResponseMalformedError } from '../errors.ts'

const QUOTE = 0x22

/** How deep objects and arrays may nest. */
export const MAX_JSON_DEPTH = 32

/** A parsed JSON object. */
export type JsonObject = { [name: string]: unknown }

/**
 * Parses a JSON text that must be one object. It refuses bad syntax, a duplicate name in one object (two parsers could
 * read `{"active":false,"active":true}` differently), the name `__proto__`, and nesting deeper than {@link
 * MAX_JSON_DEPTH}.
 *
 * @throws {@link ResponseMalformedError} for all of these.
 */
export function parseJsonObject(text: string): JsonObject {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    // The parser's own message quotes the text, which may hold claims.
    throw new ResponseMalformedError('the body is not JSON')
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new ResponseMalformedError('the body is not a JSON object')
  }
  // JSON.parse keeps the last of two equal names, so a text with a duplicate has more names than its value.
  const members = countMembers(value, MAX_JSON_DEPTH)
  // Every member has a name, and a colon follows the quote of each name. When there are as many such colons as members,
  // no name is repeated.
  if (members !== countColonsAfterQuotes(text) && members !== countNames(text)) {
    throw new ResponseMalformedError('a name appears twice in one JSON object')
  }
  return value as JsonObject
}

/**
 * Counts colons after a quote, also inside strings. The count is never less than the number of names, and is cheaper to
 * get.
 */
function countColonsAfterQuotes(text: string): number {
  let count = 0
  for (let colon = text.indexOf(':'); colon !== -1; colon = text.indexOf(':', colon + 1)) {
    let before = colon - 1
    while (isWhitespace(text.charCodeAt(before))) before--
    if (text.charCodeAt(before) === QUOTE) count++
  }
  return count
}

/** Counts the names in a well-formed JSON text: strings that a colon follows. */
function countNames(text: string): number {
  let names = 0
  for (let open = text.indexOf('"'); open !== -1; ) {
    let close = text.indexOf('"', open + 1)
    while (isEscaped(text, close)) close = text.indexOf('"', close + 1)
    let next = close + 1
    while (isWhitespace(text.charCodeAt(next))) next++
    if (text.charCodeAt(next) === 0x3a) names++
    open = text.indexOf('"', next)
  }
  return names
}

function isEscaped(text: string, quote: number): boolean {
  let before = quote - 1
  while (text.charCodeAt(before) === 0x5c) before--
  return (quote - before) % 2 === 0
}

function isWhitespace(char: number): boolean {
  return char === 0x20 || char === 0x0a || char === 0x0d || char === 0x09
}

function countMembers(value: object, depth: number): number {
  if (depth === 0) throw new ResponseMalformedError(`JSON nests deeper than ${MAX_JSON_DEPTH} levels`)
  let members = 0
  if (Array.isArray(value)) {
    for (const element of value as unknown[]) {
      if (typeof element === 'object' && element !== null) members += countMembers(element, depth - 1)
    }
    return members
  }
  for (const name in value) {
    if (name === '__proto__') throw new ResponseMalformedError('a JSON object has the name "__proto__"')
    members++
    const member = (value as JsonObject)[name]
    if (typeof member === 'object' && member !== null) members += countMembers(member, depth - 1)
  }
  return members
}
