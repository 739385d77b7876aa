/** HMAC-SHA-256 with WebCrypto, for runtimes without `node:crypto`. */
import { encodeBase64url } from '../values/base64url.ts'

/** Creates a function for the HMAC-SHA-256 of a text with one secret, in base64url. Both count as UTF-8. */
export function hmacSha256(secret: string): (text: string) => Promise<string> {
  const encoder = new TextEncoder()
  let importing: ReturnType<typeof crypto.subtle.importKey> | undefined
  return async (text) => {
    importing ??= crypto.subtle.importKey('raw', encoder.encode(secret), { name: 'HMAC', hash: 'SHA-256' }, false, [
      'sign',
    ])
    return encodeBase64url(new Uint8Array(await crypto.subtle.sign('HMAC', await importing, encoder.encode(text))))
  }
}
