/** The error response (RFC 6749 §5.2, as RFC 7662 §2.3 uses it). */
import * as z from 'zod/mini'

/**
 * The characters that RFC 6749 §5.2 allows in `error` and `error_description`. Neither may be empty (appendix A.7,
 * A.8).
 */
const ERROR_TEXT = /^[\x20-\x21\x23-\x5b\x5d-\x7e]+$/
const URI_TEXT = /^[\x21\x23-\x5b\x5d-\x7e]*$/

/** An error in the form of RFC 6749 §5.2. */
export interface ErrorResponse {
  /** `invalid_request`, `invalid_client`, `server_error` and so on. */
  error: string
  /** For the developer who reads the log. The server should not say more than the standard asks. */
  error_description?: string | undefined
  /** The URI of a page about the error. */
  error_uri?: string | undefined
}

const errorResponseSchema = z.object({
  error: z.string().check(z.regex(ERROR_TEXT)),
  error_description: z.catch(z.optional(z.string().check(z.regex(ERROR_TEXT))), undefined),
  error_uri: z.catch(z.optional(z.string().check(z.regex(URI_TEXT))), undefined),
})

/** Whether a text may stand in `error` or `error_description` (RFC 6749 §5.2). */
export function isErrorText(text: string): boolean {
  return ERROR_TEXT.test(text)
}

/**
 * Builds an error response body.
 *
 * @throws TypeError when a member has a character RFC 6749 §5.2 does not allow.
 */
export function buildErrorResponse(error: string, errorDescription?: string): ErrorResponse {
  if (!isErrorText(error)) throw new TypeError('error: has characters RFC 6749 §5.2 does not allow')
  if (errorDescription === undefined) return { error }
  if (!isErrorText(errorDescription)) {
    throw new TypeError('error_description: has characters RFC 6749 §5.2 does not allow')
  }
  return { error, error_description: errorDescription }
}

/**
 * Parses an error response body leniently, because it is for the operator to read. A description that breaks the
 * grammar is dropped. A body that is not an error response gives `undefined`.
 */
export function parseErrorResponse(value: unknown): ErrorResponse | undefined {
  const result = z.safeParse(errorResponseSchema, value)
  if (!result.success) return undefined
  const { error, error_description, error_uri } = result.data
  return {
    error,
    ...(error_description !== undefined && { error_description }),
    ...(error_uri !== undefined && { error_uri }),
  }
}
