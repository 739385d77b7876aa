/** Digests on Node: `crypto.hash` is some thirty times faster than WebCrypto for short inputs. */
import { hash, timingSafeEqual } from 'node:crypto'

// Results are typed as in `crypto.ts`, so that callers await them and both files fit.

/** SHA-256 of a text's UTF-8 octets. */
export function sha256(text: string): Uint8Array | Promise<Uint8Array> {
  return hash('sha256', text, 'buffer')
}

/** SHA-256 of a text's UTF-8 octets, base64url. */
export function sha256Base64Url(text: string): string | Promise<string> {
  return hash('sha256', text, 'base64url')
}

/** Whether two digests of one length are equal, in a time that does not depend on their content. */
export function equalDigests(a: Uint8Array, b: Uint8Array): boolean {
  return timingSafeEqual(a, b)
}
