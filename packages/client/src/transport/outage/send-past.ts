/** Step `transport`: sends past the queue and the circuits, for the check of the client. */
import type { Send } from '../transport.ts'
import type { EndpointCircuit } from './endpoint-circuit.ts'
import { isOutageStatus } from './protect-send.ts'

/**
 * Sends like `send`. A failure counts in no circuit, so checks never stop the calls of users. An answer closes the
 * circuits of its URL, because it shows that the endpoint works. A rate limit (429) does neither.
 */
export function sendPast(send: Send, circuits: ReadonlyMap<string, Pick<EndpointCircuit, 'answered'>>): Send {
  return async (request) => {
    const reply = await send(request)
    if (!isOutageStatus(reply.status) && reply.status !== 429) circuits.get(request.url)?.answered()
    return reply
  }
}
