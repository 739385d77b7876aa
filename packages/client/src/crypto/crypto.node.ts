/** Digests on Node: `crypto.hash` is some thirty times faster than WebCrypto for short inputs. */
import { hash } from 'node:crypto'

/** The same digest as briefly as a string can be, for keys that stay in this process: a character for each octet. */
export function sha256Key(text: string): string | Promise<string> {
  return hash('sha256', text, 'binary')
}

/** SHA-256 of a text's UTF-8 octets, base64url. Typed as in `crypto.ts`, so that callers await what is a promise. */
export function sha256(text: string): string | Promise<string> {
  return hash('sha256', text, 'base64url')
}
