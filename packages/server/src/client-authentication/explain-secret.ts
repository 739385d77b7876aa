/** Explains to the operator why a secret was refused. It decides nothing. */
import { type Complaint, quote } from '@token-introspection/core'
import type { SecretReading } from './client-secret-basic.ts'
import { explainExpiredSecret } from './explain-expired-secret.ts'
import { secretsOf } from './client-secret.ts'
import { mayUse, type Registered } from './registered.ts'

/** Why a registered secret was refused although it equals the presented one. */
export interface RefusedMatch {
  /** When it expired. */
  readonly expiredAt: string | undefined
  /** The encoding in which it equals the presented one, and which its caller may not use. */
  readonly refusedEncoding: SecretReading['encoding'] | undefined
}

/**
 * The first rule that the credentials break. The complaint names an identifier only if it is registered, because any other
 * text may be a secret in the wrong place.
 *
 * @param known - the registration of the presented identifier.
 */
export function explainSecret(
  method: 'client_secret_basic' | 'client_secret_post',
  known: Registered | undefined,
  { expiredAt, refusedEncoding }: RefusedMatch,
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
  if (secretsOf(known).length === 0) {
    return {
      rule: 'registration',
      got: `no clientSecrets of ${id}`,
      expected: 'a secret to compare with',
      remedy: 'Register one at this endpoint, or use another method at the caller',
    }
  }
  if (refusedEncoding !== undefined) {
    return {
      rule: 'basicEncoding',
      got: `a secret of ${id} that is right in the encoding ${refusedEncoding}`,
      expected: 'an encoding that basicEncoding allows for this caller',
      remedy:
        'Make the caller form-encode both (RFC 6749 §2.3.1), or allow the encoding by basicEncoding in its registration',
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
