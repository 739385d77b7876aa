/** Digests by WebCrypto, where there is no `node:crypto`. */

/** SHA-256 of a text's UTF-8 octets, base64url. */
export async function sha256(text: string): Promise<string> {
  const octets = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)))
  return btoa(String.fromCharCode(...octets))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '')
}
