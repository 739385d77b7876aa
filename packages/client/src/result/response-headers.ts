/** Step `result`: the header fields that a guard adds to the response of an allowed request. */
import type { Presented } from '../token/extract-token.ts'

/**
 * A shared cache keeps no response to a request with the `Authorization` field (RFC 9111 §3.5). For a token in another place,
 * the response has to say so (RFC 6750 §2.3).
 */
export function responseHeaders(
  source: Presented['source'],
  headers: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  return source === 'header' ? headers : { ...headers, 'cache-control': 'private' }
}
