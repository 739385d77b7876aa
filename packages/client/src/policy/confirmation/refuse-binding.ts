/** A refusal of a token that its sender may not use, or not in this way. */
import type { ConfirmationOutcome } from './confirmation.ts'

/** @param detail - what does not fit, for the log. It holds nothing of the token or the certificate. */
export function refuseBinding(detail: string): ConfirmationOutcome {
  return Object.freeze({ confirmed: false, reason: 'confirmation', detail })
}
