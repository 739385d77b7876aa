/** Digests on Node: `crypto.hash` is some thirty times faster than WebCrypto for short inputs. */
import { createHmac, createSecretKey, hash } from 'node:crypto'

/** SHA-256 of the UTF-8 octets of a text, in base64url. It has the type of `crypto.ts`, so that callers also await a promise. */
export function sha256(text: string): string | Promise<string> {
  // The text form is three times as fast as a Buffer of the digest.
  return hash('sha256', text, 'base64url')
}

/** Creates a function for the HMAC-SHA-256 of UTF-8 octets with one key. It has the type of `crypto.ts`. */
export function hmacSha256(key: Uint8Array): (text: string) => Uint8Array | Promise<Uint8Array> {
  const secret = createSecretKey(key)
  return (text) => createHmac('sha256', secret).update(text).digest()
}

/** Octets, or the UTF-8 octets of a text, as base64url without padding (RFC 7515 §2). */
export function base64url(octets: Uint8Array | string): string {
  if (typeof octets === 'string') return Buffer.from(octets).toString('base64url')
  return Buffer.from(octets.buffer, octets.byteOffset, octets.byteLength).toString('base64url')
}
