/** Step `transport`: takes what the client has sent out of the message of an error about an answer. */
import { ResponseMalformedError, ResponseUntrustedError } from '../errors.ts'
import type { CleanerFor } from './sent-credentials.ts'

/**
 * The same error. If its message quotes a part of the token or of the credentials, as a server may have put them into an answer, the
 * message and the stack have `[sent]` in its place.
 */
export function withoutSent(error: unknown, token: string, cleanerFor: CleanerFor): unknown {
  // Only these messages quote an answer. The others say what the client did, and are frequent while a server is down.
  if (!(error instanceof ResponseMalformedError || error instanceof ResponseUntrustedError)) return error
  const clean = cleanerFor(token)
  const message = clean(error.message)
  if (message === error.message) return error
  const { stack } = error
  error.message = message
  if (stack !== undefined) error.stack = clean(stack)
  return error
}
