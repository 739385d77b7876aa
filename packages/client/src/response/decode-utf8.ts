/** Decodes foreign octets. */
import { ResponseMalformedError } from '@token-introspection/core'

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** The text of UTF-8 octets. */
export function decodeUtf8(octets: Uint8Array): string {
  try {
    return utf8.decode(octets)
  } catch {
    throw new ResponseMalformedError('the answer is not UTF-8')
  }
}
