/** base64url without padding, in the one canonical spelling of each octet string (RFC 7515 §2, RFC 4648 §3.5). */

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
const BASE64URL = /^[A-Za-z0-9_-]*$/

/**
 * Whether a text is canonical base64url: no padding, no other alphabet, no white space, and no spare bit set in the
 * last character. The empty text is the base64url of zero octets.
 *
 * Security: a lenient decoder accepts up to 16 spellings of the same signature. A program that compares tokens as texts
 * or digests would see each spelling as another token.
 */
export function isBase64url(text: string): boolean {
  return BASE64URL.test(text) && hasNoSpareBits(text)
}

/** Whether the last character of base64 or base64url, without its padding, sets no bit beyond the last octet. */
export function hasNoSpareBits(text: string): boolean {
  const rest = text.length % 4
  if (rest === 0) return true
  // `+`, `/`, `-` and `_` always set spare bits here, so one table serves both alphabets.
  const last = ALPHABET.indexOf(text.charAt(text.length - 1))
  return rest === 2 ? last % 16 === 0 : rest === 3 && last % 4 === 0
}

/** The octets of a canonical base64url text; `undefined` for any other text. */
export function decodeBase64url(text: string): Uint8Array<ArrayBuffer> | undefined {
  if (!isBase64url(text)) return undefined
  const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'))
  return Uint8Array.from(binary, (octet) => octet.charCodeAt(0))
}

/** Octets as canonical base64url. */
export function encodeBase64url(octets: Uint8Array): string {
  let binary = ''
  for (const octet of octets) binary += String.fromCharCode(octet)
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}
