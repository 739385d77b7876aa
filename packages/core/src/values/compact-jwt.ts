/** Splits JWTs in the compact form (RFC 7515 §7.1, RFC 7519 §7.2). Nothing is verified here. */
import { ResponseMalformedError } from '../errors.ts'
import { decodeBase64url, isBase64url } from './base64url.ts'
import { type JsonObject, parseJsonObject } from './json-object.ts'

/** The three parts of a signed JWT, unchanged. */
export interface CompactJws {
  readonly header: string
  readonly payload: string
  /** Empty when `alg` is `none`. Refuse that algorithm by its name. */
  readonly signature: string
}

/**
 * Splits a text in the form of a signed JWT into its parts; `undefined` for any other text. Each part has to be
 * canonical base64url, so that nobody without the key can write the same JWT in another way. Some algorithms allow
 * another signature: see {@link signedContent}.
 */
export function splitCompactJws(text: string): CompactJws | undefined {
  const parts = text.split('.', 4)
  const [header, payload, signature] = parts
  if (parts.length !== 3 || !header || !payload || signature === undefined) return undefined
  return parts.every(isBase64url) ? { header, payload, signature } : undefined
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/**
 * The JSON object in one part of a JWT.
 *
 * @throws ResponseMalformedError when the part is not canonical base64url, not UTF-8, not one JSON object, or repeats a
 * name.
 */
export function parseJwtPart(part: string): JsonObject {
  const octets = decodeBase64url(part)
  if (octets === undefined) throw new ResponseMalformedError('a part of a JWT is not canonical base64url (RFC 7515 §2)')
  return parseJwtOctets(octets)
}

/**
 * The JSON object in the decoded octets of one part of a JWT.
 *
 * @throws ResponseMalformedError when they are not UTF-8, not one JSON object, or repeat a name.
 */
export function parseJwtOctets(octets: Uint8Array): JsonObject {
  let text: string
  try {
    text = utf8.decode(octets)
  } catch {
    throw new ResponseMalformedError('a part of a JWT is not UTF-8')
  }
  return parseJsonObject(text)
}

/** Wider than the compact form, so that it also recognizes a JWT with a malformed signature. */
const THREE_PARTS = /^[\w+/-]+=*\.[\w+/-]+=*\.[^.]*$/

/**
 * The text that identifies a token, whatever its signature looks like: `header.payload` of a JWT, and any other token
 * itself.
 *
 * Anybody can rewrite an ECDSA signature `(r, s)` as `(r, n − s)`, and lenient decoders accept several spellings of one
 * signature. The signed text cannot be changed without the key. So compare tokens, and remember revoked ones, by this
 * text. Never use it to look a token up as valid: it does not include the signature.
 */
export function signedContent(token: string): string {
  // Most opaque tokens have no dot, and the search for one takes a fraction of the time of the expression.
  if (!token.includes('.') || !THREE_PARTS.test(token)) return token
  const [header = '', payload = ''] = token.split('.', 2)
  try {
    const value: unknown = JSON.parse(atob(header.replaceAll('-', '+').replaceAll('_', '/')))
    return typeof (value as { alg?: unknown } | null)?.alg === 'string' ? `${header}.${payload}` : token
  } catch {
    return token
  }
}
