/** Digests with WebCrypto, for runtimes without `node:crypto`. */
import { encodeBase64url, sha256Base64url } from '@token-introspection/core'

/** SHA-256 of the UTF-8 octets of a text, in base64url. */
export function sha256(text: string): Promise<string> {
  return sha256Base64url(new TextEncoder().encode(text))
}

/** Creates a function for the HMAC-SHA-256 of UTF-8 octets with one key. */
export function hmacSha256(key: Uint8Array): (text: string) => Promise<Uint8Array> {
  const octets = Uint8Array.from(key)
  let importing: ReturnType<typeof crypto.subtle.importKey> | undefined
  return async (text) => {
    importing ??= crypto.subtle.importKey('raw', octets, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign'])
    return new Uint8Array(await crypto.subtle.sign('HMAC', await importing, new TextEncoder().encode(text)))
  }
}

/** Octets, or the UTF-8 octets of a text, as base64url without padding (RFC 7515 §2). */
export function base64url(octets: Uint8Array | string): string {
  return encodeBase64url(typeof octets === 'string' ? new TextEncoder().encode(octets) : octets)
}
