/** `client_secret_basic` (RFC 6749 §2.3.1): identifier and secret in the `Authorization` field. */
import {
  type BasicCredentials,
  type BasicEncoding,
  type Complaint,
  decodeBasicCredentials,
} from '@token-introspection/core'

/**
 * How Basic credentials are read. `form-then-raw` compares them form-decoded and, if that makes a difference, also without
 * decoding, because much deployed software never encodes them. `form` only decodes, as RFC 6749 says.
 * `form-then-raw-then-latin1` also reads octets that are not UTF-8, as ISO-8859-1, which requests, Authlib and older Spring
 * send.
 */
export type AcceptedBasicEncoding = 'form-then-raw' | 'form' | 'form-then-raw-then-latin1'

/** Every {@link AcceptedBasicEncoding}. */
export const ACCEPTED_BASIC_ENCODINGS = ['form-then-raw', 'form', 'form-then-raw-then-latin1'] as const

const ENCODED = /[%+]/

/**
 * The encoding in which a caller sent credentials. `any`: every encoding gives the same text, as for ASCII letters and digits.
 */
export type SecretEncoding = BasicEncoding | 'any'

/** Credentials as one encoding reads them. */
export interface SecretReading extends BasicCredentials {
  readonly encoding: SecretEncoding
}

/**
 * Every reading of one Basic token68: at most two, which together count as one attempt. They do not depend on the caller, which is
 * not known yet. {@link acceptsEncoding} decides which of them may count for it.
 */
export function readClientSecretBasic(token: string): SecretReading[] {
  const raw = decodeBasicCredentials(token, 'raw')
  // Octets that are not UTF-8 can only be ISO-8859-1, so these credentials have no other reading.
  if (raw === undefined) return readingsOf(token, ['latin1'])
  // Without `+` and `%` form-decoding changes nothing, so most credentials have one reading.
  if (!ENCODED.test(raw.clientId) && !ENCODED.test(raw.clientSecret)) return [{ ...raw, encoding: 'any' }]
  return readingsOf(token, ['form', 'raw'])
}

function readingsOf(token: string, encodings: readonly BasicEncoding[]): SecretReading[] {
  return encodings.flatMap((encoding) => {
    const credentials = decodeBasicCredentials(token, encoding)
    return credentials === undefined ? [] : [{ ...credentials, encoding }]
  })
}

/** Whether a setting accepts credentials in an encoding. */
export function acceptsEncoding(accepted: AcceptedBasicEncoding, encoding: SecretEncoding): boolean {
  if (encoding === 'raw') return accepted !== 'form'
  return encoding !== 'latin1' || accepted === 'form-then-raw-then-latin1'
}

/** Explains to the operator why no reading of Basic credentials may count. */
export function explainBasic(token: string): Complaint {
  const isLatin1 = decodeBasicCredentials(token, 'latin1') !== undefined
  const isUtf8 = decodeBasicCredentials(token, 'raw') !== undefined
  if (isLatin1 && !isUtf8) {
    return {
      rule: 'charset',
      got: 'octets that are not UTF-8',
      expected: 'UTF-8, as the challenge says (RFC 7617 §2.1)',
      remedy:
        "The caller probably sends ISO-8859-1, as requests, Authlib and older Spring do. Make it encode UTF-8, let it use client_secret_post, choose a secret in ASCII, or set clientAuthentication.basicEncoding to 'form-then-raw-then-latin1', or basicEncoding in its registration",
    }
  }
  return {
    rule: 'form',
    got: isUtf8 ? 'an identifier and a secret that are not form-encoded' : 'something else',
    expected: isUtf8
      ? 'both form-encoded, as basicEncoding says (RFC 6749 §2.3.1)'
      : 'the base64 of an identifier, a colon and a secret, without control characters (RFC 7617 §2)',
    remedy: 'Change it at the caller',
  }
}
