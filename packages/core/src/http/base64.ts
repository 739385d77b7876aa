/** Base64 for runtimes without `Buffer`. */

/** Decodes base64 (RFC 4648 §4) into UTF-8 text; `undefined` when the octets are not UTF-8. */
export function decodeBase64Text(base64: string): string | undefined {
  try {
    const octets = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0))
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(octets)
  } catch {
    return undefined
  }
}

/** Encodes text as UTF-8 and base64 (RFC 4648 §4). */
export function encodeBase64Text(text: string): string {
  let binary = ''
  for (const octet of new TextEncoder().encode(text)) binary += String.fromCharCode(octet)
  return btoa(binary)
}
