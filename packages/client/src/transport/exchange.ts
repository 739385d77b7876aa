/** Step `transport`: the question and its answer, with one more try after bad luck, and one where the credentials can be renewed. */
import { buildRequest, type IntrospectionQuestion, type RequestSettings } from './build-request.ts'
import type { Deadline } from './deadline.ts'
import { type RetrySettings, withRetry } from './outage/retry.ts'
import type { Transport, TransportReply, TransportRequest } from './transport.ts'

/** Asks; a 401 is answered with fresh credentials once, where there are any, and within the same deadline. */
export async function exchange(
  question: IntrospectionQuestion,
  endpoint: string,
  deadline: Deadline,
  transport: RequestSettings & Pick<Transport, 'send'> & { readonly retry: RetrySettings | undefined },
): Promise<TransportReply> {
  let request: TransportRequest | undefined
  const attempt = async (): Promise<TransportReply> => {
    request = await buildRequest(question, endpoint, deadline, transport)
    return transport.send(request)
  }
  const reply = await withRetry(attempt, deadline, transport.retry)
  if (reply.status !== 401 || request === undefined || !(await renewed(request, deadline, transport))) return reply
  return attempt()
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
