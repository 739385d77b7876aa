/** Step `response`: the protected header of a JWT in the compact form, read before anything is done with a key. */
import { type JsonObject, parseJsonObject } from '@token-introspection/core'
import { ResponseUntrustedError } from '../errors.ts'
import { decodeUtf8 } from '../keys/decode-utf8.ts'
import { loadJose } from '../keys/load-jose.ts'

/** Signed: header, payload, signature. The last is empty when `alg` is `none`, which is refused by its name. */
const COMPACT_JWS = /^[\w-]+\.[\w-]+\.[\w-]*$/
/** Encrypted: header, key, initialization vector, ciphertext, tag. Key agreement leaves the key empty. */
const COMPACT_JWE = /^[\w-]+\.[\w-]*\.[\w-]+\.[\w-]+\.[\w-]+$/

/** Whether a text has the form of a signed JWT (RFC 7515 §7.1); no padding, no white space, no JSON form. */
export function isCompactJws(text: string): boolean {
  return COMPACT_JWS.test(text)
}

/** Whether a text has the form of an encrypted JWT (RFC 7516 §7.1). */
export function isCompactJwe(text: string): boolean {
  return COMPACT_JWE.test(text)
}

/**
 * The protected header of a text that has one of these forms. No extension is understood, so a header that makes one
 * critical is refused (RFC 7515 §4.1.11, RFC 7516 §4.1.13).
 *
 * @throws ResponseMalformedError when it is no JSON object, or a name stands in it twice.
 * @throws ResponseUntrustedError when it has `crit`.
 */
export async function parseJoseHeader(jwt: string): Promise<JsonObject> {
  const { base64url } = await loadJose()
  const header = parseJwtPart(base64url.decode(jwt.slice(0, jwt.indexOf('.'))))
  if (header['crit'] !== undefined) throw new ResponseUntrustedError('the header of the answer has crit')
  return header
}

/** The JSON object in the octets of a header or a payload. */
export function parseJwtPart(octets: Uint8Array): JsonObject {
  return parseJsonObject(decodeUtf8(octets))
}
