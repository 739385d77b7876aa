/** Digests by WebCrypto, where there is no `node:crypto`. */

/** The same digest for keys that stay in this process; nothing is gained here by another form. */
export function sha256Key(text: string): Promise<string> {
  return sha256(text)
}

/** SHA-256 of a text's UTF-8 octets, base64url. */
export async function sha256(text: string): Promise<string> {
  const octets = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)))
  return btoa(String.fromCharCode(...octets))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '')
}
