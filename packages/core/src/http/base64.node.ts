/** Base64 on Node with the native codec, which is several times faster than `atob`. */

/** Decodes base64 (RFC 4648 §4) into UTF-8 text; `undefined` when the octets are not UTF-8. */
export function decodeBase64Text(base64: string): string | undefined {
  const octets = Buffer.from(base64, 'base64')
  const text = octets.toString('utf8')
  // A replacement character may be part of the text. Only encoding it again shows whether the octets were UTF-8.
  return text.includes('\ufffd') && !Buffer.from(text).equals(octets) ? undefined : text
}

/** Encodes text as UTF-8 and base64 (RFC 4648 §4). */
export function encodeBase64Text(text: string): string {
  return Buffer.from(text).toString('base64')
}
