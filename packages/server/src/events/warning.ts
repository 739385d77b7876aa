/** Warnings: what is not an answer and somebody should look at. */

import { createWarner, type OnWarning } from '@token-introspection/core'

/** What a warning is about. */
export type WarningCode =
  /** A certificate stood in a header field that came from no trusted proxy: somebody forges, or the proxy is not listed. */
  | 'forgeable-certificate-header'
  /** Client assertions are taken that were made for more than the issuer. */
  | 'legacy-audiences'
  /** A caller has a secret that is too short to sign by `client_secret_jwt` (RFC 7518 §3.2), and tries to. */
  | 'short-client-secret'
  /** A caller with a secret is registered by an identifier with a colon, which most software cannot send by Basic. */
  | 'colon-in-identifier'
  /** An entry that `findProtectedResource` or `findClient` gave has no usable identifier or credentials. */
  | 'invalid-registration'
  /** A function of yours gave what it cannot mean, such as a policy a view with a misspelt member. It counts as no. */
  | 'invalid-answer'

/** Something that should not be, while answers are what they should be. */
export interface WarningEvent {
  readonly type: 'warning'
  readonly code: WarningCode
  /** For people to read. */
  readonly message: string
}

/** Tells about something that should not be. */
export type Warn = (code: WarningCode, message: string) => void

/** Warns at most once a minute about one thing: what a request can cause, an attacker can repeat. */
export function createWarn(report: (event: WarningEvent) => void, nowMs: () => number): Warn {
  const onWarning: OnWarning = ({ code, message }) => report({ type: 'warning', code: code as WarningCode, message })
  const warn = createWarner({ onWarning, nowMs })
  return (code, message) => warn({ code, endpoint: undefined, message })
}
