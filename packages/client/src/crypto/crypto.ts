/** Digests by WebCrypto, for runtimes without `node:crypto`. */
import { sha256Base64url } from '@token-introspection/core'

/** The same digest, for keys that stay in this process. Here no other form is faster. */
export function sha256Key(text: string): Promise<string> {
  return sha256(text)
}

/** SHA-256 of a text's UTF-8 octets, base64url. */
export function sha256(text: string): Promise<string> {
  return sha256Base64url(new TextEncoder().encode(text))
}
