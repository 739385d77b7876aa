/** Faults of step `answer`: the endpoint answers, and the answer cannot be used. */
import type { Fault } from '../diagnosis.ts'
import { duration } from '../../terminal/relative-time.ts'

type Parts = Pick<Fault, 'found' | 'fix'> & Partial<Fault>

function answerFault(name: string, parts: Parts): Fault {
  return {
    name,
    step: 'answer',
    side: 'authorization_server',
    clause: 'RFC 7662 §2.2',
    command: undefined,
    isSure: true,
    ...parts,
  }
}

/** Creates the faults. */
export const answerFaults = {
  /** @param aheadSeconds - how much the clock of this machine is ahead; negative when it is behind. */
  clockOff: (url: string, date: string, aheadSeconds: number): Fault =>
    answerFault('clock_off', {
      side: 'resource_server',
      found: `The clock of this machine is ${duration(Math.abs(aheadSeconds))} ${aheadSeconds > 0 ? 'ahead of' : 'behind'} that of ${new URL(url).origin}, whose answer has Date: ${date}. So tokens seem expired or not yet valid, and assertions are refused.`,
      fix: 'Compare both clocks with a third one, and let NTP set the wrong one. response.leewaySeconds is for seconds, not for minutes.',
      clause: 'RFC 9110 §6.6.1',
      command: 'date -u',
    }),
  downgraded: (url: string): Fault =>
    answerFault('signed_answer_downgraded', {
      found: `${url} answers with JSON, although the client requires a signed answer (Accept: application/token-introspection+jwt).`,
      fix: `Turn on signed answers for this resource server at the authorization server: introspection_signed_response_alg of its registration. If the server signs none, leave out response.jwt; on the command line, --signed-answers.`,
      clause: 'RFC 9701 §4',
    }),
  signedUnasked: (url: string): Fault =>
    answerFault('signed_answer_unasked', {
      side: 'resource_server',
      found: `${url} answers with a signed JWT, and the client asked for JSON.`,
      fix: 'Set response.jwt, so that the client verifies signed answers.',
      clause: 'RFC 9701 §4',
    }),
  keysMissing: (found: string): Fault =>
    answerFault('keys_missing', {
      found,
      fix: 'See whether the jwks_uri of the metadata is reachable from here. If it is elsewhere, set response.jwt.jwksUri or jwt.jwksUri.',
      clause: 'RFC 9701 §5',
      isSure: false,
    }),
  alwaysActive: (url: string): Fault =>
    answerFault('everything_active', {
      found: `${url} calls a token active that was made up a moment ago, so it is no introspection endpoint, or a test double.`,
      fix: 'Correct the endpoint. Do not use this one: it lets everybody in.',
      clause: 'RFC 7662 §4',
    }),
  malformed: (found: string): Fault =>
    answerFault('answer_malformed', {
      found,
      fix: 'The answer must be one JSON object with a boolean active, as application/json. See what the server, or a gateway before it, makes of it.',
    }),
} as const
