/** Credentials that break a rule, as errors: the operator is told which and why, the caller is told `invalid_client`. */
import { type Complaint, describeComplaint } from '@token-introspection/core'
import { ClientAuthenticationFailedError } from '../errors.ts'

/**
 * The error for credentials that break a rule.
 *
 * @param subject - what breaks it, such as `client assertion`.
 */
export function refuseCredentials(subject: string, complaint: Complaint): ClientAuthenticationFailedError {
  return new ClientAuthenticationFailedError(describeComplaint(subject, complaint), { complaint })
}

/** The error for a client assertion that breaks a rule (RFC 7523 §3). */
export function refuseAssertion(complaint: Complaint): ClientAuthenticationFailedError {
  return refuseCredentials('client assertion', complaint)
}
