/** SPINE: question to the introspection endpoint in, answer out. */
import { type IntrospectionResponse, readIntrospectionResponse } from '@token-introspection/core'
import type { MaybePromise } from '@token-introspection/core/maybe-promise'
import { explainMalformed } from './response/explain-malformed.ts'
import { readJwtResponse } from './response/read-jwt-response.ts'
import { tolerate } from './response/tolerate.ts'
import { clockFault, type ResponseStep } from './response/validate-response.ts'
import { REPLIED, UNSUPPORTED } from './result/inactive.ts'
import { POSITION_PARAMETER, type ReadAnswer } from './revocations/read-answer.ts'
import type { IntrospectionQuestion } from './transport/build-request.ts'
import type { Deadline } from './transport/deadline.ts'
import { ENDPOINT_HINTS, HINT_AT_PAGE } from './transport/endpoint-hints.ts'
import { exchange, type SentReply } from './transport/exchange.ts'
import { isUnsupportedTokenType, meansInactive, readJsonReply, readJwtReply } from './transport/read-reply.ts'
import type { ServerClock } from './transport/server-clock.ts'
import type { TransportStep } from './transport/transport-step.ts'

/** What a question needs. */
export interface AskSteps {
  readonly transport: TransportStep
  readonly response: ResponseStep
  /** Compares the clock of the authorization server. Without it nothing is compared. */
  readonly serverClock: ServerClock | undefined
  /** Seconds since the epoch. */
  readonly now: () => number
}

/** Asks the introspection endpoint, and reads and checks its answer. */
export async function askEndpoint(
  question: IntrospectionQuestion,
  read: ReadAnswer | undefined,
  deadline: Deadline,
  steps: AskSteps,
): Promise<IntrospectionResponse> {
  const { transport } = steps
  const endpoint = transport.endpoint.known ?? (await transport.endpoint.find(deadline))
  const askedAt = steps.now()
  const sent = read === undefined ? question : withPosition(question, read.position)
  const comparison = steps.serverClock?.begin()
  const reply = await exchange(sent, endpoint, deadline, transport)
  comparison?.compareReply(reply)
  const answer = await readReply(reply, endpoint, deadline, steps)
  const response = answer.active && read !== undefined ? read.take(answer) : answer
  // A token that expires during the request is no fault.
  if (response.active) {
    comparison?.compareIssued(response.iat)
    const fault = clockFault(response, steps.response, askedAt)
    const said = fault === 'expired' ? response.exp : response.nbf
    if (fault !== undefined && said !== undefined) steps.response.onUnusable(fault, { said, askedAt })
  }
  return response
}

function withPosition(question: IntrospectionQuestion, position: string): IntrospectionQuestion {
  return { ...question, parameters: { ...question.parameters, [POSITION_PARAMETER]: position } }
}

/** Returns without a promise, unless a signature has to be verified. */
function readReply(
  reply: SentReply,
  url: string,
  deadline: Deadline,
  { transport, response: { jwt, tolerance, inactiveWhen, onUnusable }, now }: AskSteps,
): MaybePromise<IntrospectionResponse> {
  if (meansInactive(reply, inactiveWhen)) return REPLIED
  if (isUnsupportedTokenType(reply)) {
    onUnusable('unsupported_token_type')
    return UNSUPPORTED
  }
  const { advice, method, clientId } = transport.clientAuthentication
  const context = {
    url,
    advice,
    credentials: { method, clientId },
    sent: reply.sent,
    hints: ENDPOINT_HINTS,
    hintAtPage: HINT_AT_PAGE,
  }
  if (jwt !== undefined) return readJwtResponse(readJwtReply(reply, 'introspection', context), jwt, deadline, now())
  try {
    const answer = readJsonReply(reply, 'introspection', context)
    return readIntrospectionResponse(tolerance === undefined ? answer : tolerate(answer, tolerance))
  } catch (error) {
    throw explainMalformed(error, reply, url, tolerance)
  }
}
