/** Explains to the operator that a secret has expired. It decides nothing. */
import { type Complaint, quote } from '@token-introspection/core'

/** The complaint about a secret that was good until it expired. */
export function explainExpiredSecret(clientId: string, expiredAt: string): Complaint {
  return {
    rule: 'expiresAt',
    got: `a secret of ${quote(clientId)} that expired at ${expiredAt}`,
    expected: 'a secret that is registered for it and has not expired',
    remedy:
      'Give the caller its newer secret, or register a later expiresAt. If it has the newer one, the expired one leaked',
  }
}
