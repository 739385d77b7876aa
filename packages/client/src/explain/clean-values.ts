/** Takes values of the server into an explanation: bounded, and without any value that the client sent. */
import { type CleanText, createCleaner, secretsOf, type SentRequest, toAscii } from '../transport/without-secrets.ts'
import type { ExplainedValue } from './explanation.ts'

const MAX_CHARACTERS = 1000
const MAX_ELEMENTS = 100
const MAX_DEPTH = 4

const CUT = '...'

/** Cleans what comes from the server or the request. */
export interface Cleaner {
  readonly text: CleanText
  readonly value: (value: unknown) => ExplainedValue
}

/**
 * Creates a cleaner.
 *
 * @param secrets - the token and the proof of the request.
 * @param sent - the requests that the client sent, or would have sent.
 */
export function createValueCleaner(secrets: readonly string[], sent: readonly SentRequest[]): Cleaner {
  const clean = createCleaner([...secretsOf(sent), ...secrets.map(toAscii)].filter((secret) => secret !== ''))
  const text: CleanText = (given) => {
    const cut = given.length > MAX_CHARACTERS ? given.slice(0, MAX_CHARACTERS) : given
    return cut === given ? clean(toAscii(given)) : `${clean(toAscii(cut))}${CUT}`
  }
  return { text, value: (value) => cleanValue(value, text, 0) }
}

function cleanValue(value: unknown, text: CleanText, depth: number): ExplainedValue {
  if (typeof value === 'string') return text(value)
  if (typeof value === 'number' || typeof value === 'boolean' || value === null) return value
  if (typeof value !== 'object') return undefined
  if (depth === MAX_DEPTH) return CUT
  if (Array.isArray(value)) return value.slice(0, MAX_ELEMENTS).map((element) => cleanValue(element, text, depth + 1))
  const entries = Object.entries(value).slice(0, MAX_ELEMENTS)
  return Object.fromEntries(entries.map(([name, member]) => [text(name), cleanValue(member, text, depth + 1)]))
}
