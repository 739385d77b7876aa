/** HMAC-SHA-256 on Node, without a promise. */
import { createHmac, createSecretKey } from 'node:crypto'

/** Creates a function for the HMAC-SHA-256 of a text with one secret, in base64url. It has the type of `hmac.ts`. */
export function hmacSha256(secret: string): (text: string) => string | Promise<string> {
  const key = createSecretKey(secret, 'utf8')
  return (text) => createHmac('sha256', key).update(text).digest('base64url')
}
