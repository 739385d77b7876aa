/** Step `jwt`: strictly parses the header and the claims of a signed JWT in the compact form (RFC 7519 §7.2). */
import { type JsonObject, parseJwtPart, splitCompactJws } from '@token-introspection/core'

/** The content of a JWT, verified or not. */
export interface ParsedJwt {
  readonly header: JsonObject
  readonly claims: JsonObject
}

/**
 * Parses header and claims. It refuses padding and other text that is not canonical base64url, text that is not UTF-8
 * or not one JSON object, and an object with a duplicate name.
 *
 * @throws ResponseMalformedError for all of these.
 */
export function parseJwt(token: string): ParsedJwt | undefined {
  const parts = splitCompactJws(token)
  return parts && { header: parseJwtPart(parts.header), claims: parseJwtPart(parts.payload) }
}
