/** Step `transport`: the question and its answer, with one more try after bad luck, and one where the credentials can be renewed. */
import { isPromise } from '../maybe-promise.ts'
import { buildRequest, type IntrospectionQuestion, type RequestSettings } from './build-request.ts'
import type { Deadline } from './deadline.ts'
import { isPassing, retryFailed, retryPassing, type RetrySettings, withRetry } from './outage/retry.ts'
import type { Transport, TransportReply, TransportRequest } from './transport.ts'

/** What the step needs. */
interface ExchangeSettings extends RequestSettings, Pick<Transport, 'send'> {
  readonly retry: RetrySettings | undefined
}

/** Asks; a 401 is answered with fresh credentials once, where there are any, and within the same deadline. */
export async function exchange(
  question: IntrospectionQuestion,
  endpoint: string,
  deadline: Deadline,
  transport: ExchangeSettings,
): Promise<TransportReply> {
  const built = buildRequest(question, endpoint, deadline, transport)
  let request = isPromise(built) ? await built : built
  const again = async (freshConnection: boolean): Promise<TransportReply> => {
    const next = await buildRequest(question, endpoint, deadline, transport)
    request = freshConnection ? { ...next, freshConnection } : next
    return transport.send(request)
  }
  // What `withRetry` does, without a promise of its own for requests that need no second try.
  let reply: TransportReply
  try {
    reply = await transport.send(request)
  } catch (error) {
    reply = await retryFailed(error, again, deadline, transport.retry)
  }
  if (isPassing(reply)) reply = await retryPassing(reply, again, deadline, transport.retry)
  if (reply.status !== 401 || !(await renewed(request, deadline, transport))) return reply
  return withRetry(again, deadline, transport.retry)
}

async function renewed(
  request: TransportRequest,
  deadline: Deadline,
  { clientAuthentication }: RequestSettings,
): Promise<boolean> {
  if (clientAuthentication.renew === undefined) return false
  // A method without types might say anything; only `true` is a yes.
  const renewal: unknown = await deadline.race(Promise.resolve(clientAuthentication.renew(request)))
  return renewal === true
}
