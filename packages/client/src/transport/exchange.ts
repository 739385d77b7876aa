/** Step `transport`: the question and its answer, with one more try where the credentials can be renewed. */
import { buildRequest, type IntrospectionQuestion, type RequestSettings } from './build-request.ts'
import type { Deadline } from './deadline.ts'
import type { Transport, TransportReply, TransportRequest } from './transport.ts'

/** Asks; a 401 is answered with fresh credentials once, where there are any, and within the same deadline. */
export async function exchange(
  question: IntrospectionQuestion,
  endpoint: string,
  deadline: Deadline,
  transport: RequestSettings & Pick<Transport, 'send'>,
): Promise<TransportReply> {
  const request = await buildRequest(question, endpoint, deadline, transport)
  const reply = await transport.send(request)
  if (reply.status !== 401 || !(await renewed(request, deadline, transport))) return reply
  return transport.send(await buildRequest(question, endpoint, deadline, transport))
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
