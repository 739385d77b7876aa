/** Step `transport`: the server's description of an error, for the operator, without any value that the client sent. */
import { createCleaner, type SentRequest, secretsOf, toAscii } from './without-secrets.ts'

/** A longer text is not read. */
const MAX_READ = 1000

/** A longer description is cut. */
const MAX_TOLD = 200

/**
 * The `error_description` of a body, limited in length, in printable ASCII, and with every part of the token, the
 * secret, the assertion and other sent values replaced; `undefined` when there is none. Servers do repeat what they
 * were sent.
 */
export function errorDescriptionOf(body: Uint8Array, sent: readonly SentRequest[]): string | undefined {
  const description = readDescription(body)
  if (description === undefined) return undefined
  const told = createCleaner(secretsOf(sent))(toAscii(description.slice(0, MAX_READ))).trim()
  if (told === '') return undefined
  return told.length > MAX_TOLD ? `${told.slice(0, MAX_TOLD)}...` : told
}

function readDescription(body: Uint8Array): string | undefined {
  try {
    const document: unknown = JSON.parse(new TextDecoder().decode(body))
    if (typeof document !== 'object' || document === null || !Object.hasOwn(document, 'error_description'))
      return undefined
    const { error_description: description } = document as { error_description: unknown }
    return typeof description === 'string' ? description : undefined
  } catch {
    return undefined
  }
}
