/** Step `response`: why an answer makes a token inactive that may be good, and what to tell the operator about it. */
import { onceAMinute } from '../once-a-minute.ts'

/** What is wrong: the token was over, or not valid yet, before the server was asked, which said active; or it keeps no such tokens. */
export type AnswerFault = 'expired' | 'not_yet_valid' | 'unsupported_token_type'

/** Each says what to look at, and nothing that was in the answer. */
const MESSAGES: Readonly<Record<AnswerFault, string>> = {
  expired:
    'the server calls a token active whose exp was over before it was asked. Compare the clocks: one may be wrong. Some ' +
    'servers say exp 0 of tokens that never expire (response.tolerate.zeroExpiryAsAbsent)',
  not_yet_valid: 'the server calls a token active whose nbf is yet to come. Compare the clocks: one may be wrong',
  unsupported_token_type:
    'the server answers unsupported_token_type, as those do that keep no JWTs: jwt.mode local-or-introspect verifies them here',
}

/** What is told of a fault. */
export interface AnswerReport {
  readonly reason: AnswerFault
  readonly message: string
}

/** Tells each fault once a minute at most. `nowMs` is milliseconds since the epoch. */
export function createAnswerFaultReporter(
  report: (told: AnswerReport) => void,
  nowMs: () => number,
): (fault: AnswerFault) => void {
  const isDue = onceAMinute(nowMs)
  return (reason) => {
    if (isDue(reason)) report({ reason, message: MESSAGES[reason] })
  }
}
