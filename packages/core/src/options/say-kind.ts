/** What a value is, for messages about a wrong one. */

/**
 * The kind of a value in words, such as `a string`. It never quotes text, because the text may be a secret. `true`,
 * `false`, `null` and `undefined` are named.
 */
export function sayKind(value: unknown): string {
  if (value === null || value === undefined || typeof value === 'boolean') return String(value)
  if (value === '') return 'an empty string'
  if (Array.isArray(value)) return 'an array'
  if (value instanceof URL) return 'a URL object'
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`
}
