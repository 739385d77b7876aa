/** Step `jwt`: the header and the claims of a signed JWT in the compact form, read to the letter (RFC 7519 §7.2). */
import { type JsonObject, parseJwtPart, splitCompactJws } from '@token-introspection/core'

/** What is in a JWT, verified or not. */
export interface ParsedJwt {
  readonly header: JsonObject
  readonly claims: JsonObject
}

/**
 * Parses both parts. Refused are padding and anything else that is not canonical base64url, text that is not UTF-8 or not one
 * JSON object, and a name that stands twice in one.
 *
 * @throws ResponseMalformedError for all of these.
 */
export function parseJwt(token: string): ParsedJwt | undefined {
  const parts = splitCompactJws(token)
  return parts && { header: parseJwtPart(parts.header), claims: parseJwtPart(parts.payload) }
}
