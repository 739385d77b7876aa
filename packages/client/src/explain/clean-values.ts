/** Takes values of the server into an explanation: bounded, and without any value that the client sent. */
import { cleanValue, visibleText } from '@token-introspection/core'
import { type CleanText, createCleaner, secretsOf, type SentRequest } from '../transport/without-secrets.ts'
import type { ExplainedValue } from './explanation.ts'

const MAX_CHARACTERS = 1000

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
  // The secrets are written as the text is, so that they are found in it.
  const written = [...secretsOf(sent, visibleText), ...secrets.map((secret) => visibleText(secret))]
  const clean = createCleaner(written.filter((secret) => secret !== ''))
  const text: CleanText = (given) => {
    const cut = given.length > MAX_CHARACTERS ? given.slice(0, MAX_CHARACTERS) : given
    return cut === given ? clean(visibleText(given)) : `${clean(visibleText(cut))}${CUT}`
  }
  return { text, value: (value) => cleanValue(value, text) }
}
