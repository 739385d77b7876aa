/** Errors for credentials that break a rule. The operator learns the rule and both values, the caller only `invalid_client`. */
import { type Complaint, describeComplaint } from '@token-introspection/core'
import { ClientAuthenticationFailedError } from '../errors.ts'

/**
 * Makes the error for credentials that break a rule.
 *
 * @param subject - the credential that breaks it, such as `client assertion`.
 */
export function refuseCredentials(subject: string, complaint: Complaint): ClientAuthenticationFailedError {
  return new ClientAuthenticationFailedError(describeComplaint(subject, complaint), { complaint })
}

/** Makes the error for a client assertion that breaks a rule (RFC 7523 §3). */
export function refuseAssertion(complaint: Complaint): ClientAuthenticationFailedError {
  return refuseCredentials('client assertion', complaint)
}
