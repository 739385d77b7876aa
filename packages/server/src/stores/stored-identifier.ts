/** Identifiers in a form that a store can keep. Databases refuse or replace some characters of JavaScript strings. */

/**
 * Escapes an identifier as JSON does, if it has control characters, lone surrogates, quotes or backslashes. Different identifiers
 * stay different, and nearly all stay unchanged. A resolver in plain JavaScript may give a number.
 */
export function toStoredIdentifier(identifier: string | number): string {
  return JSON.stringify(String(identifier)).slice(1, -1)
}
