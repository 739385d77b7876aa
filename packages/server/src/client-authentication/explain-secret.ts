/** Explains to the operator why a secret was refused. It decides nothing. */
import { type Complaint, quote } from '@token-introspection/core'
import { mayUse, type Registered } from './registered.ts'

/**
 * The first rule that the credentials break. The complaint names an identifier only if it is registered, because any other
 * text may be a secret in the wrong place.
 *
 * @param known - the registration of the presented identifier.
 * @param expiredAt - when the presented secret expired. `undefined` if it is another secret.
 */
export function explainSecret(
  method: 'client_secret_basic' | 'client_secret_post',
  known: Registered | undefined,
  expiredAt: string | undefined,
): Complaint {
  if (known === undefined) {
    return {
      rule: 'client_id',
      got: 'an identifier that is not registered',
      expected: 'the identifier of a registered caller',
      remedy:
        'Register the caller, or correct its identifier. An identifier with a colon arrives whole only when the caller form-encodes it',
    }
  }
  const id = quote(known.id)
  if (!mayUse(known, method)) {
    return {
      rule: 'methods',
      got: `${method} from ${id}`,
      expected: `a method it is registered for: ${known.methods?.join(', ') ?? ''}`,
      remedy: 'Change the method at the caller, or in its registration',
    }
  }
  if (known.clientSecrets === undefined || known.clientSecrets.length === 0) {
    return {
      rule: 'registration',
      got: `no clientSecrets of ${id}`,
      expected: 'a secret to compare with',
      remedy: 'Register one at this endpoint, or use another method at the caller',
    }
  }
  if (expiredAt !== undefined) return explainExpiredSecret(known.id, expiredAt)
  return {
    rule: 'client_secret',
    got: `another secret from ${id}`,
    expected: 'a secret that is registered for it',
    remedy: 'Compare the secrets of both sides. If neither changed, somebody guesses secrets',
  }
}

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
