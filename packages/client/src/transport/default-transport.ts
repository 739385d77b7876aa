/** The default transport in runtimes without undici: the runtime's own `fetch`. */
import { fetchTransport } from './fetch-send.ts'
import type { DefaultTransportOptions, Transport } from './transport.ts'

/** Options that `fetch` has no standard for. */
const NODE_ALONE = [
  ['tls', 'that has the certificate'],
  ['proxy', 'that uses the proxy, unless the fetch of your runtime reads HTTPS_PROXY itself, as in Bun and Deno'],
  ['socketPath', 'that uses the socket'],
  ['dispatcher', 'of your own'],
] as const

/** In a worker, a timer ends with the request that set it. */
export const SHARES_TIMERS = false

/** The same for work that goes on between requests. */
export const TIMERS_OUTLIVE_REQUESTS: boolean = false

/** Creates the transport. The runtime pools the connections. */
export function createDefaultTransport(options: DefaultTransportOptions): Transport {
  for (const [name, instead] of NODE_ALONE) {
    if (options[name] !== undefined)
      throw new TypeError(`transport.${name}: works on Node; here give a fetch ${instead}`)
  }
  return fetchTransport((url, init) => fetch(url, init))
}
