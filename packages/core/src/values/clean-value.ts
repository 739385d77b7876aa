/** Takes a value from elsewhere into a log or an explanation: JSON alone, bounded, every text made harmless. */

const MAX_ELEMENTS = 100
const MAX_DEPTH = 4

/** Stands for what is nested too deep. */
const CUT = '...'

/** JSON that is bounded. */
export type CleanValue =
  | string
  | number
  | boolean
  | null
  | undefined
  | readonly CleanValue[]
  | { readonly [member: string]: CleanValue }

/**
 * The value with at most 100 elements or members in each list or object, down to four levels. Anything that is not JSON is
 * left out.
 *
 * @param cleanText - makes a text harmless, also the names of members.
 */
export function cleanValue(value: unknown, cleanText: (text: string) => string): CleanValue {
  return cleanAt(value, cleanText, 0)
}

function cleanAt(value: unknown, cleanText: (text: string) => string, depth: number): CleanValue {
  if (typeof value === 'string') return cleanText(value)
  if (typeof value === 'number' || typeof value === 'boolean' || value === null) return value
  if (typeof value !== 'object') return undefined
  if (depth === MAX_DEPTH) return CUT
  const cleanNext = (next: unknown): CleanValue => cleanAt(next, cleanText, depth + 1)
  if (Array.isArray(value)) return value.slice(0, MAX_ELEMENTS).map(cleanNext)
  const entries = Object.entries(value).slice(0, MAX_ELEMENTS)
  const cleaned = entries.map(([name, member]) => [cleanText(name), cleanNext(member)] as const)
  return Object.fromEntries(cleaned.filter(([, member]) => member !== undefined))
}
