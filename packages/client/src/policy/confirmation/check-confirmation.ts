/** Step `policy`: a token bound to a key or a certificate is taken only from whom it is bound to (RFC 9449 §7, RFC 8705 §3). */
import { isPromise, type MaybePromise } from '../../maybe-promise.ts'
import type { JudgedToken } from '../policy.ts'
import type { ConfirmationOutcome, ConfirmationStep, Presentation, SenderConstraint } from './confirmation.ts'

const CONFIRMED: ConfirmationOutcome = Object.freeze({ confirmed: true, headers: Object.freeze({}) })
const REFUSED: ConfirmationOutcome = Object.freeze({ confirmed: false, reason: 'confirmation' })

/** Members of `cnf` that can be verified; one that is none of them confirms nothing. */
const VERIFIABLE = new Set(['jkt', 'x5t#S256'])

/**
 * Judges the binding of a token, remembered or not (RFC 9449 §7.1): at once where it has none. Every member of `cnf` must
 * be verified, so that an unknown one refuses the token and two are both proved.
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
    // A type that promises a binding which is not there, a proof for nothing, or a guard that wants one.
    const type = token.token_type
    const isBound = isDpop || senderConstraint !== undefined || (type !== 'Bearer' && type?.toLowerCase() === 'dpop')
    return isBound ? REFUSED : CONFIRMED
  }
  const members = Object.keys(cnf).filter((name) => cnf[name] !== undefined)
  if (members.length === 0 || !members.every((name) => VERIFIABLE.has(name))) return REFUSED
  const { jkt, 'x5t#S256': thumbprint } = cnf
  // Presented as a bearer token it proves nothing, and with the scheme DPoP it needs a key (RFC 9449 §7.1, §7.2).
  if (isDpop !== (jkt !== undefined)) return REFUSED
  if (senderConstraint === 'dpop' && jkt === undefined) return REFUSED
  if (senderConstraint === 'certificate' && thumbprint === undefined) return REFUSED
  return verifyAll(jkt, thumbprint, presentation, confirmation)
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
