/** The default transport where there is no undici: the runtime's own `fetch`. */
import { fetchSend } from './fetch-send.ts'
import type { DefaultTransportOptions, Transport } from './transport.ts'

/** Creates the transport; the runtime pools connections by itself. */
export function createDefaultTransport({ tls }: DefaultTransportOptions): Transport {
  if (tls !== undefined) throw new TypeError('transport.tls: works on Node; here give a fetch that has the certificate')
  const send = fetchSend((url, init) => fetch(url, init))
  return { send: (request) => request.cancellation.race(send(request)), close: () => Promise.resolve() }
}
