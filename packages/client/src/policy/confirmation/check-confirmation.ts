/** Step `policy`: accepts a bound token only from the holder of the key or certificate (RFC 9449 §7, RFC 8705 §3). */
import { isVerifiableConfirmation } from '@token-introspection/core'
import { isPromise, type MaybePromise } from '@token-introspection/core/maybe-promise'
import type { JudgedToken } from '../policy.ts'
import type { ConfirmationOutcome, ConfirmationStep, Presentation, SenderConstraint } from './confirmation.ts'

const CONFIRMED: ConfirmationOutcome = Object.freeze({ confirmed: true, headers: Object.freeze({}) })
const REFUSED: ConfirmationOutcome = Object.freeze({ confirmed: false, reason: 'confirmation' })

/**
 * Judges the binding of a token, also of a cached answer (RFC 9449 §7.1). A token without a binding is judged without a
 * promise. A token that is bound to a key and to a certificate needs both. Other members of `cnf` are ignored (RFC 7800
 * §3.1), but a `cnf` with neither of the two is refused.
 */
export function checkConfirmation(
  token: JudgedToken,
  presentation: Presentation,
  {
    confirmation,
    senderConstraint,
  }: { confirmation: ConfirmationStep; senderConstraint: SenderConstraint | undefined },
): MaybePromise<ConfirmationOutcome> {
  const { cnf } = token
  const isDpop = presentation.scheme === 'DPoP'
  if (cnf === undefined) {
    // Refused: the type DPoP without a binding, a proof without a bound token, or a guard that requires a binding.
    return isDpop || senderConstraint !== undefined || isTypedDpop(token) ? REFUSED : CONFIRMED
  }
  if (!isVerifiableConfirmation(cnf)) return REFUSED
  const { jkt, 'x5t#S256': thumbprint } = cnf
  if (jkt === undefined && isTypedDpop(token)) return REFUSED
  // A key-bound token must come by the scheme DPoP, and only a key-bound one may (RFC 9449 §7.1, §7.2).
  if (isDpop !== (jkt !== undefined)) return REFUSED
  if (senderConstraint === 'dpop' && jkt === undefined) return REFUSED
  if (senderConstraint === 'certificate' && thumbprint === undefined) return REFUSED
  return verifyAll(jkt, thumbprint, presentation, confirmation)
}

/** Whether the type says that the token is bound to a key. Then `cnf` must name the key (RFC 9449 §6). */
function isTypedDpop({ token_type: type }: JudgedToken): boolean {
  return type !== undefined && type !== 'Bearer' && type.toLowerCase() === 'dpop'
}

function verifyAll(
  jkt: string | undefined,
  thumbprint: string | undefined,
  presentation: Presentation,
  { dpop, certificate }: ConfirmationStep,
): MaybePromise<ConfirmationOutcome> {
  const byCertificate =
    thumbprint === undefined ? CONFIRMED : (certificate?.verify(thumbprint, presentation) ?? REFUSED)
  if (jkt === undefined) return byCertificate
  if (dpop === undefined) return REFUSED
  if (isPromise(byCertificate)) return byCertificate.then((outcome) => thenProof(outcome, jkt, presentation, dpop))
  return thenProof(byCertificate, jkt, presentation, dpop)
}

function thenProof(
  outcome: ConfirmationOutcome,
  jkt: string,
  presentation: Presentation,
  dpop: NonNullable<ConfirmationStep['dpop']>,
): MaybePromise<ConfirmationOutcome> {
  return outcome.confirmed ? dpop.verify(jkt, presentation) : outcome
}
