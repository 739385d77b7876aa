/** A client assertion taken apart, before its signature says anything (RFC 7523 §2.2, RFC 7521 §4.2). */
import { parseJsonObject } from '@token-introspection/core'
import type { Form } from '@token-introspection/core'
import { ClientAuthenticationFailedError } from '../errors.ts'

/** The one assertion type there is for JWTs (RFC 7523 §2.2). */
export const JWT_BEARER = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'

/** An assertion whose form is right; nothing in it is believed yet. */
export interface ClientAssertion {
  readonly jwt: string
  readonly algorithm: string
  readonly claims: Readonly<Record<string, unknown>>
}

/** Characters an assertion may have; with an `x5c` in its header it is well below. */
const MAX_LENGTH = 16_384
/** The compact serialization: base64url without padding, three parts (RFC 7515 §7.1). */
const COMPACT_JWS = /^([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)\.[A-Za-z0-9_-]+$/
/** What `typ` may say; assertions with no `typ` come from older software (RFC 8725 §3.11, §3.12). */
const TYPES: ReadonlySet<string> = new Set(['jwt', 'client-authentication+jwt'])

/** @throws ClientAuthenticationFailedError when it is no JWT that could be a client assertion. */
export function parseClientAssertion(form: Form, jwt: string): ClientAssertion {
  if (form.get('client_assertion_type') !== JWT_BEARER) throw malformed('client_assertion_type is another')
  const parts = jwt.length > MAX_LENGTH ? null : COMPACT_JWS.exec(jwt)
  if (parts === null) throw malformed('it is no signed JWT in compact form')
  const header = decode(parts[1] as string)
  const claims = decode(parts[2] as string)
  const { alg, typ, crit } = header
  // We know no header parameter that could be critical, and `b64` would let one signature mean two things.
  if (crit !== undefined) throw malformed('it has a critical header parameter')
  if (typ !== undefined && !(typeof typ === 'string' && TYPES.has(withoutPrefix(typ))))
    throw malformed('its typ is another')
  if (typeof alg !== 'string') throw malformed('it names no algorithm')
  return { jwt, algorithm: alg, claims }
}

function withoutPrefix(typ: string): string {
  return typ.toLowerCase().replace(/^application\//, '')
}

function decode(part: string): Record<string, unknown> {
  try {
    const octets = Uint8Array.from(atob(part.replaceAll('-', '+').replaceAll('_', '/')), (octet) => octet.charCodeAt(0))
    return parseJsonObject(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(octets))
  } catch {
    throw malformed('a part of it is not a JSON object')
  }
}

function malformed(complaint: string): ClientAuthenticationFailedError {
  return new ClientAuthenticationFailedError(`client assertion: ${complaint}`)
}
