/** `client_secret_basic` (RFC 6749 §2.3.1): identifier and secret in the `Authorization` field. */
import { type BasicCredentials, decodeBasicCredentials } from '@token-introspection/core'

/**
 * How Basic credentials are read: `form-then-raw` compares them form-decoded and, when that differs, as they stand,
 * because much deployed software never encodes them; `form` is RFC 6749 and nothing else.
 */
export type AcceptedBasicEncoding = 'form-then-raw' | 'form'

const ENCODED = /[%+]/

/** The readings of one Basic token68, at most two, which together count as one attempt. */
export function readClientSecretBasic(token: string, encoding: AcceptedBasicEncoding): BasicCredentials[] {
  const raw = decodeBasicCredentials(token, 'raw')
  if (raw === undefined) return []
  // Form-decoding changes nothing else, so most credentials have one reading.
  if (!ENCODED.test(raw.clientId) && !ENCODED.test(raw.clientSecret)) return [raw]
  const form = decodeBasicCredentials(token, 'form')
  const readings = encoding === 'form' ? [form] : [form, raw]
  return readings.filter((reading) => reading !== undefined)
}
