/** Step `policy`: accepts a bound token only from the holder of the key or certificate (RFC 9449 §7, RFC 8705 §3). */
import { isVerifiableConfirmation } from '@token-introspection/core'
import { isPromise, type MaybePromise } from '@token-introspection/core/maybe-promise'
import type { JudgedToken } from '../policy.ts'
import type { ConfirmationOutcome, ConfirmationStep, Presentation, SenderConstraint } from './confirmation.ts'
import { refuseBinding } from './refuse-binding.ts'

const CONFIRMED: ConfirmationOutcome = Object.freeze({ confirmed: true, headers: Object.freeze({}) })
const UNBOUND = refuseBinding('the token is not bound, and senderConstraint requires that it is')
const UNBOUND_DPOP = refuseBinding('the token is not bound to a key, and the request or its token_type says DPoP')
const UNKNOWN = refuseBinding('cnf has no jkt and no x5t#S256 that can be compared')
const AS_BEARER = refuseBinding('the token is bound to a key, and the request has it with the scheme Bearer')
const NO_KEY = refuseBinding('senderConstraint requires a token that is bound to a key')
const NO_CERTIFICATE = refuseBinding('senderConstraint requires a token that is bound to a certificate')
const NO_DPOP_OPTION = refuseBinding('the token is bound to a key, and the client has no option policy.dpop')
const NO_CERTIFICATE_OPTION = refuseBinding(
  'the token is bound to a certificate, and the client has no option policy.certificate',
)

/** What a guard requires of bindings, and how it verifies them. */
interface ConfirmationPolicy {
  readonly confirmation: ConfirmationStep
  readonly senderConstraint: SenderConstraint | undefined
}

/**
 * Judges the binding of a token, also of a cached answer (RFC 9449 §7.1). A token without a binding is judged without a
 * promise. A token that is bound to a key and to a certificate needs both. Other members of `cnf` are ignored (RFC 7800
 * §3.1), but a `cnf` with neither of the two is refused.
 */
export function checkConfirmation(
  token: JudgedToken,
  presentation: Presentation,
  policy: ConfirmationPolicy,
): MaybePromise<ConfirmationOutcome> {
  if (token.cnf !== undefined) return checkBound(token, presentation, policy)
  // Refused: the type DPoP without a binding, a proof without a bound token, or a guard that requires a binding.
  if (presentation.scheme === 'DPoP' || isTypedDpop(token)) return UNBOUND_DPOP
  return policy.senderConstraint === undefined ? CONFIRMED : UNBOUND
}

function checkBound(
  token: JudgedToken,
  presentation: Presentation,
  { confirmation, senderConstraint }: ConfirmationPolicy,
): MaybePromise<ConfirmationOutcome> {
  const { cnf } = token
  if (!isVerifiableConfirmation(cnf)) return UNKNOWN
  const isDpop = presentation.scheme === 'DPoP'
  const { jkt, 'x5t#S256': thumbprint } = cnf
  // A key-bound token must come by the scheme DPoP, and only a key-bound one may (RFC 9449 §7.1, §7.2).
  if (jkt === undefined && (isDpop || isTypedDpop(token))) return UNBOUND_DPOP
  if (jkt !== undefined && !isDpop) return confirmation.dpop === undefined ? NO_DPOP_OPTION : AS_BEARER
  if (senderConstraint === 'dpop' && jkt === undefined) return NO_KEY
  if (senderConstraint === 'certificate' && thumbprint === undefined) return NO_CERTIFICATE
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
    thumbprint === undefined ? CONFIRMED : (certificate?.verify(thumbprint, presentation) ?? NO_CERTIFICATE_OPTION)
  if (jkt === undefined) return byCertificate
  if (dpop === undefined) return NO_DPOP_OPTION
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
