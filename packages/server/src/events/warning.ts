/** Warnings: events that are not about an answer, and that somebody should look at. */

import { createWarner, type OnWarning } from '@token-introspection/core'

/** The kind of a warning. */
export type WarningCode =
  /** A certificate header field came from an address that is not a trusted proxy: a forgery, or an unlisted proxy. */
  | 'forgeable-certificate-header'
  /** The endpoint accepts client assertions that were made for audiences besides the issuer. */
  | 'legacy-audiences'
  /** A caller tries to sign by `client_secret_jwt` with a secret that is too short (RFC 7518 §3.2). */
  | 'short-client-secret'
  /** A caller uses a secret that expires within a week. */
  | 'client-secret-expires'
  /** A caller with a secret has a colon in its identifier. Most software cannot send such an identifier by Basic. */
  | 'colon-in-identifier'
  /** An entry from `findProtectedResource` or `findClient` has no usable identifier or credentials. */
  | 'invalid-registration'
  /** A function of the application returned an invalid value, such as a view with a misspelt member. It counts as a refusal. */
  | 'invalid-answer'
  /** The log of revocations fails or is slow. Answers to followers of the feed go out without `read_at`. */
  | 'revocation-log-unavailable'

/** Something suspicious that does not change answers. */
export interface WarningEvent {
  readonly type: 'warning'
  readonly code: WarningCode
  /** For people to read. */
  readonly message: string
}

/** Reports something suspicious. */
export type Warn = (code: WarningCode, message: string) => void

/** Reports each warning at most once a minute, because an attacker can repeat a request that causes it. */
export function createWarn(report: (event: WarningEvent) => void, nowMs: () => number): Warn {
  const onWarning: OnWarning = ({ code, message }) => report({ type: 'warning', code: code as WarningCode, message })
  const warn = createWarner({ onWarning, nowMs })
  return (code, message) => warn({ code, endpoint: undefined, message })
}
