/** Digests on Node. `crypto.hash` is about thirty times faster than WebCrypto for short inputs. */
import { hash } from 'node:crypto'

/** The same digest in the shortest form of a string, one character per octet, for keys that stay in this process. */
export function sha256Key(text: string): string | Promise<string> {
  return hash('sha256', text, 'binary')
}

/** SHA-256 of a text's UTF-8 octets, base64url. The type is that of `crypto.ts`, whose result is a promise. */
export function sha256(text: string): string | Promise<string> {
  return hash('sha256', text, 'base64url')
}
