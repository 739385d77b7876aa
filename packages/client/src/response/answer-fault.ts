/** Step `response`: the reasons why an answer makes a good token inactive, with the remedy for the operator. */
import { tellTime } from '../result/inactive.ts'
import { onceAMinute } from '../events/once-a-minute.ts'

/**
 * The server calls a token active that had expired, or was not valid yet, before it was asked; or it does not
 * introspect such tokens.
 */
export type AnswerFault = 'expired' | 'not_yet_valid' | 'unsupported_token_type'

/** The two times that contradict each other, in seconds since the epoch. */
export interface ClockDifference {
  /** `exp` or `nbf` of the answer. */
  readonly said: number
  /** When the client asked the server, by the clock of this resource server. */
  readonly askedAt: number
}

/** What to check. From the answer it holds only that one time. */
function messageOf(fault: AnswerFault, difference: ClockDifference | undefined): string {
  if (difference === undefined) {
    return 'the server answers unsupported_token_type, as servers do that do not introspect JWTs: jwt.mode local-or-introspect verifies JWTs locally'
  }
  const [said, askedAt] = [tellTime(difference.said), tellTime(difference.askedAt)]
  if (fault === 'not_yet_valid') {
    return (
      `the server calls a token active whose nbf, ${said}, is in the future: the clock of this resource server says ` +
      `${askedAt}. Compare the clocks: one may be wrong`
    )
  }
  return (
    `the server calls a token active whose exp, ${said}, was already in the past: the clock of this resource server ` +
    `says ${askedAt}. Compare the clocks: one may be wrong. Some servers send exp 0 for tokens that never expire ` +
    '(response.tolerate.zeroExpiryAsAbsent)'
  )
}

/** The report of a fault. */
export interface AnswerReport {
  readonly reason: AnswerFault
  readonly message: string
}

/** Receives a fault. A fault of a clock comes with the two times. */
export type OnUnusable = {
  (fault: 'unsupported_token_type'): void
  (fault: 'expired' | 'not_yet_valid', difference: ClockDifference): void
}

/** Reports each fault at most once a minute. `nowMs` is milliseconds since the epoch. */
export function createAnswerFaultReporter(report: (told: AnswerReport) => void, nowMs: () => number): OnUnusable {
  const isDue = onceAMinute(nowMs)
  return (reason: AnswerFault, difference?: ClockDifference) => {
    if (isDue(reason)) report({ reason, message: messageOf(reason, difference) })
  }
}
