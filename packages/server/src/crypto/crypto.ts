/** Digests by WebCrypto, where there is no `node:crypto`. */

/** SHA-256 of a text's UTF-8 octets. */
export async function sha256(text: string): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)))
}

/** SHA-256 of a text's UTF-8 octets, base64url. */
export async function sha256Base64Url(text: string): Promise<string> {
  const binary = String.fromCharCode(...(await sha256(text)))
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}

/** Whether two digests of one length are equal, in a time that does not depend on their content. */
export function equalDigests(a: Uint8Array, b: Uint8Array): boolean {
  let difference = a.length ^ b.length
  for (let index = 0; index < a.length; index++) difference |= (a[index] ?? 0) ^ (b[index] ?? 0)
  return difference === 0
}
