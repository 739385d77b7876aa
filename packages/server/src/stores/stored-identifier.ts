/** Identifiers as a store can keep them: databases refuse or replace characters that JavaScript has. */

/**
 * An identifier with what is not plain text escaped as in JSON: control characters, lone surrogates, quotes and
 * backslashes. Two that differ stay different, and almost all stay as they are.
 */
export function toStoredIdentifier(identifier: string): string {
  return JSON.stringify(identifier).slice(1, -1)
}
