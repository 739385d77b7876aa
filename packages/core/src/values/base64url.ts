/** base64url without padding, in the one spelling that each string of octets has (RFC 7515 §2, RFC 4648 §3.5). */

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
const BASE64URL = /^[A-Za-z0-9_-]*$/

/**
 * Whether a text is the canonical base64url of some octets: no padding, no other alphabet, no white space, and no spare bit
 * set in the last character. The empty text is the base64url of no octets.
 *
 * Security: a lenient reader takes up to sixteen spellings for the same signature. Each of them is another token to a
 * program that compares texts or digests.
 */
export function isBase64url(text: string): boolean {
  return BASE64URL.test(text) && hasNoSpareBits(text)
}

/** Whether the last character of base64 or base64url without its padding says nothing beyond the last octet. */
export function hasNoSpareBits(text: string): boolean {
  const rest = text.length % 4
  if (rest === 0) return true
  // The two characters that differ between the alphabets have spare bits in either place.
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
