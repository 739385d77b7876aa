/** Warnings: what is not an answer and somebody should look at. */

import { elapsedMs } from '@token-introspection/core'

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

/** The time between two warnings of one code: what a request can cause, an attacker can repeat. */
const SILENT_MS = 60_000

/** Warns at most once a minute about one thing. */
export function createWarn(report: (event: WarningEvent) => void, now: () => number): Warn {
  const warnedAtMs = new Map<WarningCode, number>()
  return (code, message) => {
    const nowMs = now()
    if (elapsedMs(warnedAtMs.get(code) ?? Number.NEGATIVE_INFINITY, nowMs) < SILENT_MS) return
    warnedAtMs.set(code, nowMs)
    report({ type: 'warning', code, message })
  }
}
