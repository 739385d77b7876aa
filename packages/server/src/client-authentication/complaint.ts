/** What was wrong with the credentials of a caller, in words for the operator. The caller is told `invalid_client`. */
import { ClientAuthenticationFailedError, type CredentialComplaint } from '../errors.ts'

/** Characters of a foreign value that go into a message. */
const MAX_QUOTED = 200

/**
 * A value that came from a caller, as JSON in printable ASCII and cut after 200 characters: nothing in it can break a line
 * of a log, or change how a terminal shows it.
 */
export function quote(value: unknown): string {
  if (value === undefined) return 'nothing'
  const text = JSON.stringify(value).replace(/[^\x20-\x7e]/g, toEscape)
  return text.length <= MAX_QUOTED ? text : `${text.slice(0, MAX_QUOTED)}... (${text.length} characters)`
}

function toEscape(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
}

/** A complaint as one line: what failed, both values, whose side it is on and what to do. */
export function toMessage(subject: string, { rule, got, expected, remedy }: CredentialComplaint): string {
  return `${subject}: ${rule}: got ${got}, expected ${expected}. ${remedy}`
}

/**
 * The error for credentials that break a rule.
 *
 * @param subject - what breaks it, such as `client assertion`.
 */
export function refuseCredentials(subject: string, complaint: CredentialComplaint): ClientAuthenticationFailedError {
  return new ClientAuthenticationFailedError(toMessage(subject, complaint), { complaint })
}

/** The error for a client assertion that breaks a rule (RFC 7523 §3). */
export function refuseAssertion(complaint: CredentialComplaint): ClientAuthenticationFailedError {
  return refuseCredentials('client assertion', complaint)
}
