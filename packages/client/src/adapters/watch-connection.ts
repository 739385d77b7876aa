/** `watch` of the adapters for Node. */
import type { ClientGuard, GuardRequest, GuardWatchOptions, OptionalGuard } from '../index.ts'

/** The end of a connection: a response of Node, a socket, or a WebSocket of `ws`. */
export interface Connection {
  once(event: 'close', listener: () => void): unknown
  readonly destroyed?: boolean | undefined
  /** Of a WebSocket: 3 when it is closed. */
  readonly readyState?: unknown
}

/** `CLOSED` of a WebSocket. It emits no `close` any more. */
const CLOSED = 3

/** Options of `watch` of an adapter. The end of the connection ends the watch. */
export type ConnectionWatchOptions = Omit<GuardWatchOptions, 'until'>

/**
 * Watches the token of a request for as long as its connection is open.
 *
 * @throws TypeError for a guard that is a function of the application: it has no client that could ask.
 */
export function watchConnection(
  guard: OptionalGuard,
  request: GuardRequest,
  connection: Connection,
  options?: ConnectionWatchOptions,
): AbortSignal {
  const { watch } = guard as Partial<ClientGuard>
  if (watch === undefined) throw new TypeError('watch: needs a guard that client.guard() returned')
  if (typeof (connection as Partial<Connection> | undefined)?.once !== 'function') {
    throw new TypeError('connection: must be a response or a socket')
  }
  const closed = new AbortController()
  if (connection.destroyed === true || connection.readyState === CLOSED) closed.abort()
  else connection.once('close', () => closed.abort())
  return watch(request, { ...options, until: closed.signal })
}
