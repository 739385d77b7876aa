/** Step `response`: why an answer makes a token inactive that may be good, and what to tell the operator about it. */
import { tellTime } from '../result/inactive.ts'
import { onceAMinute } from '../events/once-a-minute.ts'

/** What is wrong: the token was over, or not valid yet, before the server was asked, which said active; or it keeps no such tokens. */
export type AnswerFault = 'expired' | 'not_yet_valid' | 'unsupported_token_type'

/** The two times that do not fit together, in seconds since the epoch. */
export interface ClockDifference {
  /** `exp` or `nbf` of the answer. */
  readonly said: number
  /** When the server was asked, by the clock of this resource server. */
  readonly askedAt: number
}

/** What to look at. Nothing of the answer is in it but the one time. */
function messageOf(fault: AnswerFault, difference: ClockDifference | undefined): string {
  if (difference === undefined) {
    return 'the server answers unsupported_token_type, as those do that keep no JWTs: jwt.mode local-or-introspect verifies them here'
  }
  const [said, askedAt] = [tellTime(difference.said), tellTime(difference.askedAt)]
  if (fault === 'not_yet_valid') {
    return (
      `the server calls a token active whose nbf, ${said}, is yet to come: the clock of this resource server says ` +
      `${askedAt}. Compare the clocks: one may be wrong`
    )
  }
  return (
    `the server calls a token active whose exp, ${said}, was over before it was asked: the clock of this resource server ` +
    `says ${askedAt}. Compare the clocks: one may be wrong. Some servers say exp 0 of tokens that never expire ` +
    '(response.tolerate.zeroExpiryAsAbsent)'
  )
}

/** What is told of a fault. */
export interface AnswerReport {
  readonly reason: AnswerFault
  readonly message: string
}

/** Takes a fault; of a clock, with the two times. */
export type OnUnusable = {
  (fault: 'unsupported_token_type'): void
  (fault: 'expired' | 'not_yet_valid', difference: ClockDifference): void
}

/** Tells each fault once a minute at most. `nowMs` is milliseconds since the epoch. */
export function createAnswerFaultReporter(report: (told: AnswerReport) => void, nowMs: () => number): OnUnusable {
  const isDue = onceAMinute(nowMs)
  return (reason: AnswerFault, difference?: ClockDifference) => {
    if (isDue(reason)) report({ reason, message: messageOf(reason, difference) })
  }
}
