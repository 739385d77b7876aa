/** Step `jwt`: the header and the claims of a signed JWT in the compact form, read to the letter (RFC 7519 §7.2). */
import { type JsonObject, parseJsonObject } from '@token-introspection/core'
import { decodeUtf8 } from '../keys/decode-utf8.ts'

/** Header, payload and signature; only `none` has no signature, and is refused by its name. */
const COMPACT_JWS = /^[\w-]+\.[\w-]+\.[\w-]*$/
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

/** What is in a JWT, verified or not. */
export interface ParsedJwt {
  readonly header: JsonObject
  readonly claims: JsonObject
}

/**
 * Parses both parts. Refused are padding and anything else that is not base64url, bits that no octet has, what is not UTF-8,
 * what is no JSON object, and a name that stands twice in one.
 *
 * @throws ResponseMalformedError for all of these.
 */
export function parseJwt(token: string): ParsedJwt | undefined {
  if (!COMPACT_JWS.test(token)) return undefined
  const parts = token.split('.') as [string, string, string]
  if (!parts.every(isCanonical)) return undefined
  const [header, payload] = parts
  return { header: parsePart(header), claims: parsePart(payload) }
}

/** Whether there is one way to write these octets, so that nobody can make another token of this one (RFC 4648 §3.5). */
function isCanonical(part: string): boolean {
  const rest = part.length % 4
  if (rest === 0) return true
  const bits = ALPHABET.indexOf(part.at(-1) as string)
  return rest === 2 ? bits % 16 === 0 : rest === 3 && bits % 4 === 0
}

function parsePart(part: string): JsonObject {
  const binary = atob(part.replaceAll('-', '+').replaceAll('_', '/'))
  return parseJsonObject(decodeUtf8(Uint8Array.from(binary, (char) => char.charCodeAt(0))))
}
