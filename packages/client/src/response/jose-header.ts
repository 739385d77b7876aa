/** Step `response`: reads the protected header of a compact JWT, before any key is used. */
import { isBase64url, type JsonObject, parseJwtPart, splitCompactJws } from '@token-introspection/core'
import { ResponseUntrustedError } from '../errors.ts'

/** Encrypted: header, key, initialization vector, ciphertext, tag. With key agreement, the key is empty. */
const COMPACT_JWE = /^[\w-]+\.[\w-]*\.[\w-]+\.[\w-]+\.[\w-]+$/

/**
 * Whether a text has the form of a signed JWT (RFC 7515 §7.1), with every part in canonical base64url. No JSON form.
 */
export function isCompactJws(text: string): boolean {
  return splitCompactJws(text) !== undefined
}

/** Whether a text has the form of an encrypted JWT (RFC 7516 §7.1), with every part in canonical base64url. */
export function isCompactJwe(text: string): boolean {
  return COMPACT_JWE.test(text) && text.split('.').every(isBase64url)
}

/**
 * The protected header of a text in one of these forms. No extension is supported, so a header with `crit` is refused
 * (RFC 7515 §4.1.11, RFC 7516 §4.1.13).
 *
 * @throws ResponseMalformedError when it is not a JSON object, or repeats a name.
 * @throws ResponseUntrustedError when it has `crit`.
 */
export function parseJoseHeader(jwt: string): JsonObject {
  const header = parseJwtPart(jwt.slice(0, jwt.indexOf('.')))
  if (header['crit'] !== undefined)
    throw new ResponseUntrustedError('the header of the answer has crit, and this client supports no extension')
  return header
}
