/** SHA-256 as the members of OAuth messages have it: `ath` (RFC 9449), `jkt` and `x5t#S256` (RFC 7638, RFC 8705). */
import { encodeBase64url } from './base64url.ts'

/** SHA-256 of octets as base64url, with WebCrypto. */
export async function sha256Base64url(octets: Uint8Array): Promise<string> {
  // A copy, because WebCrypto takes no view of shared memory.
  return encodeBase64url(new Uint8Array(await crypto.subtle.digest('SHA-256', new Uint8Array(octets))))
}
