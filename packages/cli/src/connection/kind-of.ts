/** What a value of an answer is, for messages that must not repeat it: it may be a claim of a person, or a secret. */

/** The kind in a few words, such as `an array`. */
export function kindOf(value: unknown): string {
  if (value === undefined) return 'missing'
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'an array'
  if (value === '') return 'empty'
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`
}
