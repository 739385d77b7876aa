/**
 * Step `transport`: sends the question and reads the answer. It retries once after a passing failure, and once with new
 * credentials.
 */
import { isPromise, type MaybePromise } from '@token-introspection/core/maybe-promise'
import { buildRequest, type IntrospectionQuestion, type RequestSettings } from './build-request.ts'
import { CHALLENGE_FIELD } from './client-authentication/challenge-field.ts'
import type { Deadline } from './deadline.ts'
import { isPassing, retryFailed, retryPassing, type RetrySettings, withRetry } from './outage/retry.ts'
import type { TransportReply, TransportRequest } from './transport.ts'

/** An answer, and every request that it may quote when its status is not 200. */
export interface SentReply extends TransportReply {
  readonly sent?: readonly TransportRequest[] | undefined
}

/** The settings of the step. */
interface ExchangeSettings extends RequestSettings, RequestExchangeSettings<TransportReply> {}

/** The settings of one exchange, of any request. */
export interface RequestExchangeSettings<Reply> extends Pick<RequestSettings, 'clientAuthentication'> {
  readonly send: (request: TransportRequest) => Promise<Reply>
  readonly retry: RetrySettings | undefined
}

/**
 * Sends the question. After a refusal of the credentials it renews them once, if the method can, and asks again within
 * the same deadline. A reply other than 200 comes with the sent requests, so that no error message repeats a value from
 * them.
 */
export function exchange(
  question: IntrospectionQuestion,
  endpoint: string,
  deadline: Deadline,
  transport: ExchangeSettings,
): Promise<SentReply> {
  return exchangeRequest(() => buildRequest(question, endpoint, deadline, transport), deadline, transport)
}

/**
 * Sends a request as {@link exchange} sends a question.
 *
 * @param build - builds the request anew for each attempt, because an assertion may be used only once.
 */
export async function exchangeRequest<Reply extends TransportReply>(
  build: () => MaybePromise<TransportRequest>,
  deadline: Deadline,
  transport: RequestExchangeSettings<Reply>,
): Promise<Reply | SentReply> {
  const built = build()
  let request = isPromise(built) ? await built : built
  let sent: TransportRequest[] | undefined
  const again = async (freshConnection: boolean): Promise<Reply> => {
    const next = await build()
    ;(sent ??= [request]).push(next)
    request = freshConnection ? { ...next, freshConnection } : next
    return transport.send(request)
  }
  // What `withRetry` does, without an extra promise for requests that need no second attempt.
  let reply: Reply
  try {
    reply = await transport.send(request)
  } catch (error) {
    reply = await retryFailed(error, again, deadline, transport.retry)
  }
  if (isPassing(reply)) reply = await retryPassing(reply, again, deadline, transport.retry)
  if (reply.status === 200) return reply
  if (refusesCredentials(reply) && (await renewed(request, reply, deadline, transport))) {
    reply = await withRetry(again, deadline, transport.retry)
  }
  return withSent(reply, sent ?? [request])
}

function withSent(reply: TransportReply, sent: readonly TransportRequest[]): SentReply {
  return { status: reply.status, body: reply.body, header: (name) => reply.header(name), sent }
}

/**
 * Whether new credentials might help. Servers that accept an access token as a credential refuse a bad one with 401,
 * with 403, or with 400 and a challenge for a token (RFC 6750 §3.1). Servers that want another proof of an attestation answer
 * 400 with the challenge for it. A challenge that names a missing scope means that
 * the token is good.
 */
function refusesCredentials(reply: TransportReply): boolean {
  const { status } = reply
  if (status === 401) return true
  if (status !== 400 && status !== 403) return false
  if (reply.header(CHALLENGE_FIELD) !== undefined) return true
  const challenge = reply.header('www-authenticate')
  if (challenge?.includes('insufficient_scope') === true) return false
  return status === 403 || (challenge !== undefined && /(?:^|,)[ \t]*(?:bearer|dpop)\b/i.test(challenge))
}

async function renewed(
  request: TransportRequest,
  reply: TransportReply,
  deadline: Deadline,
  { clientAuthentication }: Pick<RequestSettings, 'clientAuthentication'>,
): Promise<boolean> {
  if (clientAuthentication.renew === undefined) return false
  // An untyped method might return any value. Only `true` counts.
  const renewal: unknown = await deadline.race(Promise.resolve(clientAuthentication.renew(request, reply)))
  return renewal === true
}
