/** JWTs in the compact form, taken apart before anything in them is believed (RFC 7515 §7.1, RFC 7519 §7.2). */
import { ResponseMalformedError } from '../errors.ts'
import { decodeBase64url, isBase64url } from './base64url.ts'
import { type JsonObject, parseJsonObject } from './json-object.ts'

/** The three parts of a signed JWT, as they are written. */
export interface CompactJws {
  readonly header: string
  readonly payload: string
  /** Empty when `alg` is `none`, which has to be refused by its name. */
  readonly signature: string
}

/**
 * The parts of a text that has the form of a signed JWT; `undefined` for any other text. Each part has to be canonical
 * base64url, so nobody without the key can write the same JWT differently, except for what the algorithm itself allows:
 * see {@link signedContent}.
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
 * @throws ResponseMalformedError when the part is not canonical base64url, not UTF-8, or not one JSON object in which every
 *   name stands once.
 */
export function parseJwtPart(part: string): JsonObject {
  const octets = decodeBase64url(part)
  if (octets === undefined)
    throw new ResponseMalformedError('a part of a JWT is not base64url in its one form (RFC 7515 §2)')
  return parseJwtOctets(octets)
}

/**
 * The JSON object in the octets of one part of a JWT.
 *
 * @throws ResponseMalformedError when they are not UTF-8, or not one JSON object in which every name stands once.
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

/** Wider than the compact form, so that a JWT written wrongly is still known for the JWT it is. */
const THREE_PARTS = /^[\w+/-]+=*\.[\w+/-]+=*\.[^.]*$/

/**
 * What identifies a token, whatever its signature looks like: `header.payload` of a JWT, and any other token itself.
 *
 * An ECDSA signature `(r, s)` can be rewritten as `(r, n − s)` by anybody, and lenient readers take several spellings of one
 * signature. The signed text cannot be changed without the key. Compare tokens, and remember revoked ones, by this text.
 * Never find a token by it: it says nothing about whether the signature is good.
 */
export function signedContent(token: string): string {
  if (!THREE_PARTS.test(token)) return token
  const [header = '', payload = ''] = token.split('.', 2)
  try {
    const value: unknown = JSON.parse(atob(header.replaceAll('-', '+').replaceAll('_', '/')))
    return typeof (value as { alg?: unknown } | null)?.alg === 'string' ? `${header}.${payload}` : token
  } catch {
    return token
  }
}
