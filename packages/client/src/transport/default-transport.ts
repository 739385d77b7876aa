/** The default transport where there is no undici: the runtime's own `fetch`. */
import { fetchSend } from './fetch-send.ts'
import type { DefaultTransportOptions, Transport } from './transport.ts'

/** Creates the transport; the runtime pools connections by itself. */
export function createDefaultTransport(_options: DefaultTransportOptions): Transport {
  const send = fetchSend((url, init) => fetch(url, init))
  return { send: (request) => request.cancellation.race(send(request)), close: () => Promise.resolve() }
}
