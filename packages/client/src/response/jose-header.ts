/** Step `response`: the protected header of a JWT in the compact form, read before anything is done with a key. */
import { isBase64url, type JsonObject, parseJwtPart, splitCompactJws } from '@token-introspection/core'
import { ResponseUntrustedError } from '../errors.ts'

/** Encrypted: header, key, initialization vector, ciphertext, tag. Key agreement leaves the key empty. */
const COMPACT_JWE = /^[\w-]+\.[\w-]*\.[\w-]+\.[\w-]+\.[\w-]+$/

/** Whether a text has the form of a signed JWT (RFC 7515 §7.1), each part in its one spelling; no JSON form. */
export function isCompactJws(text: string): boolean {
  return splitCompactJws(text) !== undefined
}

/** Whether a text has the form of an encrypted JWT (RFC 7516 §7.1), each part in its one spelling. */
export function isCompactJwe(text: string): boolean {
  return COMPACT_JWE.test(text) && text.split('.').every(isBase64url)
}

/**
 * The protected header of a text that has one of these forms. No extension is understood, so a header that makes one
 * critical is refused (RFC 7515 §4.1.11, RFC 7516 §4.1.13).
 *
 * @throws ResponseMalformedError when it is no JSON object, or a name stands in it twice.
 * @throws ResponseUntrustedError when it has `crit`.
 */
export function parseJoseHeader(jwt: string): JsonObject {
  const header = parseJwtPart(jwt.slice(0, jwt.indexOf('.')))
  if (header['crit'] !== undefined) throw new ResponseUntrustedError('the header of the answer has crit')
  return header
}
