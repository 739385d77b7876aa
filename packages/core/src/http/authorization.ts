/** The `Authorization` field: RFC 9110 §11.4, and the schemes Basic, Bearer and DPoP. */
import { decodeBase64Text, encodeBase64Text } from '#base64'
import { hasNoSpareBits } from '../values/base64url.ts'
import { decodeFormComponent, encodeFormComponent } from './form.ts'

const SCHEME = /^[A-Za-z0-9!#$%&'*+\-.^_`|~]+$/
const TOKEN68 = /^[A-Za-z0-9\-._~+/]+=*$/
const BASE64 = /^[A-Za-z0-9+/]*(={0,2})$/
const CONTROL_CHARACTER = /[\x00-\x1f\x7f]/

/** Credentials of a scheme that takes one token68, as Basic, Bearer and DPoP do. */
export interface Credentials {
  /** The scheme in lower case; schemes are compared without case (RFC 9110 §11.1). */
  readonly scheme: string
  /** The token68 as it stands. */
  readonly token: string
}

/**
 * Parses an `Authorization` field into scheme and token68. `undefined` for everything else: no token, two
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
  // As nearly everybody writes it.
  if (scheme === 'Bearer') return { scheme: 'bearer', token }
  return SCHEME.test(scheme) ? { scheme: scheme.toLowerCase(), token } : undefined
}

/** A client identifier and its secret. */
export interface BasicCredentials {
  readonly clientId: string
  readonly clientSecret: string
}

/**
 * How the two halves of Basic credentials are encoded before base64: `form` as RFC 6749 §2.3.1 says, `raw` as RFC 7617 alone
 * would have it and many deployed servers and clients do, or `latin1`, which is raw in ISO-8859-1 and not in UTF-8.
 */
export type BasicEncoding = 'form' | 'raw' | 'latin1'

/**
 * Decodes the token68 of Basic credentials: base64, UTF-8 or, with `latin1`, ISO-8859-1; split at the first colon; then, with
 * `form`, each half form-decoded (RFC 6749 §2.3.1, RFC 7617 §2). `undefined` when any of that fails or a control character
 * appears; the answer to that is 401 `invalid_client`.
 */
export function decodeBasicCredentials(token: string, encoding: BasicEncoding = 'form'): BasicCredentials | undefined {
  if (!isBase64(token)) return undefined
  // `atob` gives one character for each octet, which is what ISO-8859-1 does. A TextDecoder for it would read windows-1252.
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

/** Padding may be left out (RFC 4648 §3.2); if it is there it must be whole. No spare bit is set (RFC 4648 §3.5). */
function isBase64(text: string): boolean {
  const padding = BASE64.exec(text)?.[1]
  if (padding === undefined) return false
  if (padding !== '' && text.length % 4 !== 0) return false
  return hasNoSpareBits(padding === '' ? text : text.slice(0, -padding.length))
}

/**
 * Builds the `Authorization` value for `client_secret_basic`. With `form`, unreserved characters stay as
 * they are, so servers that do not decode keep working for ordinary secrets (RFC 6749 §2.3.1).
 *
 * @throws TypeError when, without `form`, the identifier holds a colon, at which every server would split it; or when, with
 * `latin1`, a character is not in ISO-8859-1.
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
