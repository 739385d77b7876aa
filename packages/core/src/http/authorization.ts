/** The `Authorization` field: RFC 9110 §11.4, and the schemes Basic, Bearer and DPoP. */
import { decodeBase64Text, encodeBase64Text } from '#base64'
import { hasNoSpareBits } from '../values/base64url.ts'
import { decodeFormComponent, encodeFormComponent } from './form.ts'

const SCHEME = /^[A-Za-z0-9!#$%&'*+\-.^_`|~]+$/
const TOKEN68 = /^[A-Za-z0-9\-._~+/]+=*$/
const BASE64 = /^[A-Za-z0-9+/]*(={0,2})$/
const CONTROL_CHARACTER = /[\x00-\x1f\x7f]/

/** Credentials of a scheme that carries one token68, as Basic, Bearer and DPoP do. */
export interface Credentials {
  /** The scheme in lower case, because schemes are compared without case (RFC 9110 §11.1). */
  readonly scheme: string
  /** The token68, unchanged. */
  readonly token: string
}

/**
 * Parses an `Authorization` field into scheme and token68. Returns `undefined` for everything else: no token, two
 * tokens, a tab, quotes, two fields joined by a comma, or a scheme with parameters (RFC 9110 §11.4, RFC 6750 §2.1).
 */
export function parseAuthorization(field: string): Credentials | undefined {
  const end = field.indexOf(' ')
  if (end === -1) return undefined
  let start = end + 1
  while (field.charCodeAt(start) === 0x20) start += 1
  const token = field.slice(start)
  if (!TOKEN68.test(token)) return undefined
  const scheme = field.slice(0, end)
  return SCHEME.test(scheme) ? { scheme: scheme.toLowerCase(), token } : undefined
}

const BEARER = 'Bearer '
const BEARER_FIELD = /^Bearer [A-Za-z0-9\-._~+/]+=*$/

/**
 * The token of a field of the usual form: `Bearer`, one space and a token68. `undefined` for every other field, which
 * {@link parseAuthorization} may still accept. For the usual form both functions find the same token, and this one creates no object.
 */
export function readBearerToken(field: string): string | undefined {
  return BEARER_FIELD.test(field) ? field.slice(BEARER.length) : undefined
}

/** A client identifier and its secret. */
export interface BasicCredentials {
  readonly clientId: string
  readonly clientSecret: string
}

/**
 * How the two halves of Basic credentials are encoded before base64. `form` is the encoding of RFC 6749 §2.3.1. `raw`
 * is plain UTF-8 (RFC 7617), which many deployed servers and clients use. `latin1` is like `raw`, but in ISO-8859-1.
 */
export type BasicEncoding = 'form' | 'raw' | 'latin1'

/**
 * Decodes the token68 of Basic credentials: base64 of UTF-8, or of ISO-8859-1 with `latin1`, split at the first colon.
 * With `form`, each half is then form-decoded (RFC 6749 §2.3.1, RFC 7617 §2). Returns `undefined` when a step fails or
 * a control character appears; a server answers that with 401 `invalid_client`.
 */
export function decodeBasicCredentials(token: string, encoding: BasicEncoding = 'form'): BasicCredentials | undefined {
  if (!isBase64(token)) return undefined
  // `atob` gives one character for each octet, as ISO-8859-1 does. The TextDecoder of that name reads windows-1252.
  const text = encoding === 'latin1' ? atob(token) : decodeBase64Text(token)
  if (text === undefined || CONTROL_CHARACTER.test(text)) return undefined
  const colon = text.indexOf(':')
  if (colon === -1) return undefined
  const id = text.slice(0, colon)
  const secret = text.slice(colon + 1)
  const clientId = encoding === 'form' ? decodeFormComponent(id) : id
  const clientSecret = encoding === 'form' ? decodeFormComponent(secret) : secret
  if (clientId === undefined || clientSecret === undefined) return undefined
  if (encoding === 'form' && (CONTROL_CHARACTER.test(clientId) || CONTROL_CHARACTER.test(clientSecret)))
    return undefined
  return { clientId, clientSecret }
}

/**
 * Padding may be missing (RFC 4648 §3.2). If it is present, it must be complete. No spare bit may be set (RFC 4648
 * §3.5).
 */
function isBase64(text: string): boolean {
  const padding = BASE64.exec(text)?.[1]
  if (padding === undefined) return false
  if (padding !== '' && text.length % 4 !== 0) return false
  return hasNoSpareBits(padding === '' ? text : text.slice(0, -padding.length))
}

/**
 * Builds the `Authorization` value for `client_secret_basic`. With `form`, unreserved characters stay unescaped, so
 * that servers that forget to decode still accept ordinary secrets (RFC 6749 §2.3.1).
 *
 * @throws TypeError when the encoding is not `form` and the identifier holds a colon, because every server would split
 * there; or when the encoding is `latin1` and a character is not in ISO-8859-1.
 */
export function encodeBasicCredentials(credentials: BasicCredentials, encoding: BasicEncoding = 'form'): string {
  const { clientId, clientSecret } = credentials
  if (encoding === 'form') {
    return `Basic ${encodeBase64Text(`${encodeFormComponent(clientId)}:${encodeFormComponent(clientSecret)}`)}`
  }
  if (clientId.includes(':'))
    throw new TypeError(`clientId: a colon cannot be sent with the encoding "${encoding}" (RFC 7617 §2)`)
  const text = `${clientId}:${clientSecret}`
  if (encoding === 'raw') return `Basic ${encodeBase64Text(text)}`
  if (/[^\x00-\xff]/.test(text)) {
    const name = /[^\x00-\xff]/.test(clientId) ? 'clientId' : 'clientSecret'
    throw new TypeError(`${name}: has a character that ISO-8859-1 does not have; use another encoding than "latin1"`)
  }
  return `Basic ${btoa(text)}`
}
