/** Parses a client assertion, before its signature is verified (RFC 7523 §2.2, RFC 7521 §4.2). */
import { parseJwtPart, splitCompactJws, quote } from '@token-introspection/core'
import type { Form } from '@token-introspection/core'
import { refuseAssertion } from './complaint.ts'

/** The only assertion type for JWTs (RFC 7523 §2.2). */
const JWT_BEARER = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'

/** A well-formed assertion. Its content is not verified yet. */
export interface ClientAssertion {
  readonly jwt: string
  readonly algorithm: string
  /** The `kid` of the header. It only helps to find the key. */
  readonly keyId: unknown
  readonly claims: Readonly<Record<string, unknown>>
}

/** The largest number of characters of an assertion. Assertions with an `x5c` in the header are much shorter. */
const MAX_LENGTH = 16_384
/** The accepted values of `typ`. Assertions of older software have no `typ` (RFC 8725 §3.11, §3.12). */
const TYPES: ReadonlySet<string> = new Set(['jwt', 'client-authentication+jwt'])

/** @throws ClientAuthenticationFailedError for a text that cannot be a client assertion. */
export function parseClientAssertion(form: Form, jwt: string): ClientAssertion {
  const type = form.get('client_assertion_type')
  if (type !== JWT_BEARER) {
    throw refuseAssertion({
      rule: 'client_assertion_type',
      got: sayType(type),
      expected: quote(JWT_BEARER),
      remedy: 'Change the parameter at the caller (RFC 7523 §2.2)',
    })
  }
  const parts = jwt.length > MAX_LENGTH ? undefined : splitCompactJws(jwt)
  if (!parts?.signature) {
    throw refuseAssertion({
      rule: 'form',
      got: `${jwt.length} characters that are not a signed JWT`,
      expected: `three parts of canonical base64url, at most ${MAX_LENGTH} characters`,
      remedy: 'Make the caller sign a JWT in the compact form (RFC 7515 §7.1)',
    })
  }
  const header = decode('header', parts.header)
  const claims = decode('claims', parts.payload)
  const { alg, typ, crit, kid } = header
  // No critical header parameter is supported. `b64` would let one signature mean two things.
  if (crit !== undefined) {
    throw refuseAssertion({
      rule: 'crit',
      got: quote(crit),
      expected: 'no critical header parameter: none is known here',
      remedy: 'Make the caller leave it out (RFC 7515 §4.1.11)',
    })
  }
  if (typ !== undefined && !(typeof typ === 'string' && TYPES.has(withoutPrefix(typ)))) {
    throw refuseAssertion({
      rule: 'typ',
      got: quote(typ),
      expected: '"client-authentication+jwt", "JWT", or no typ',
      remedy: 'Change it at the caller. A JWT of another type is not a client assertion (RFC 8725 §3.12)',
    })
  }
  if (typeof alg !== 'string') {
    throw refuseAssertion({
      rule: 'alg',
      got: quote(alg),
      expected: 'the name of an algorithm',
      remedy: 'Change it at the caller (RFC 7515 §4.1.1)',
    })
  }
  return { jwt, algorithm: alg, keyId: kid, claims }
}

function withoutPrefix(typ: string): string {
  return typ.toLowerCase().replace(/^application\//, '')
}

function decode(name: string, part: string): Record<string, unknown> {
  try {
    return parseJwtPart(part)
  } catch {
    throw refuseAssertion({
      rule: name,
      got: `${part.length} characters that are not`,
      expected: 'one JSON object in UTF-8 and base64url, in which every name occurs once',
      remedy: 'Change it at the caller (RFC 7519 §7.2)',
    })
  }
}

/** A text that is no URN is not quoted, because callers may swap the two parameters, and then it is the assertion. */
function sayType(type: string | undefined): string {
  return type === undefined || type.startsWith('urn:') ? quote(type) : `${type.length} characters that are no URN`
}
