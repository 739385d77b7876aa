/**
 * The default transport on Node: one undici pool per origin. It uses `dispatch`, which is a fifth cheaper than
 * `request`.
 */
import type * as Undici from 'undici'
import { TransportUnreachableError } from '../errors.ts'
import { createConnectionPools, type PoolUse } from './connection-pools.node.ts'
import { EventStreamExchange } from './event-stream-exchange.node.ts'
import { Exchange } from './exchange.node.ts'
import { fetchTransport } from './fetch-send.ts'
import { readProxies } from './proxies.node.ts'
import type {
  DefaultTransportOptions,
  Dispatcher,
  StreamReply,
  Transport,
  TransportReply,
  TransportRequest,
} from './transport.ts'
import { createInterimSend } from './interim-send.node.ts'
import { undiciRemedy } from './undici-remedy.ts'

/** On Node, one timer may serve the calls of many requests. */
export const SHARES_TIMERS = true

/** A timer may work for later requests. */
export const TIMERS_OUTLIVE_REQUESTS = true

/** How long a server counts as one that sends interim responses, after it last did. */
const INTERIM_MEMORY_MS = 600_000

/** The pool and path of a URL. */
interface Target {
  readonly dispatcher: Dispatcher
  readonly origin: string
  readonly path: string
}

/** Loads undici. It is an argument, because a bundle may lack undici. */
type LoadUndici = () => Promise<typeof Undici>

/**
 * Creates the transport. It loads undici with the first request, not with the package. In a bundle that cannot load
 * undici, it uses the `fetch` of Node, if the options allow that.
 */
export function createDefaultTransport(
  options: DefaultTransportOptions,
  loadUndici: LoadUndici = () => import('undici'),
): Transport {
  const proxies = readProxies(options.proxy, process.env)
  const pools = createConnectionPools(options, proxies)
  // URLs come from the options and the metadata, never from requests, so there are only a few.
  const targets = new Map<string, Target>()
  const freshTargets = new Map<string, Target>()
  let undici: typeof Undici | undefined
  let instead: Transport | undefined
  let closed = false
  /** The time at which undici last closed a connection because of an interim response, by origin. */
  const interim = new Map<string, number>()
  // With a dispatcher of the application, its connections are not replaced.
  const interimSend = proxies === undefined && options.dispatcher === undefined ? createInterimSend(options) : undefined

  /** Whether requests to an origin use Node's own HTTP client. */
  function sendsInterim(origin: string): boolean {
    const since = interim.get(origin)
    return since !== undefined && performance.now() - since < INTERIM_MEMORY_MS
  }

  function targetOf({ url, freshConnection, apart }: TransportRequest, loaded: typeof Undici): Target {
    // The URL of such a request has parameters, so it is not remembered.
    if (apart === true) return newTarget(url, freshConnection === true ? 'apart-fresh' : 'apart', loaded)
    const known = freshConnection === true ? freshTargets : targets
    const target = known.get(url)
    if (target !== undefined) return target
    const created = newTarget(url, freshConnection === true ? 'fresh' : 'usual', loaded)
    known.set(url, created)
    return created
  }

  function newTarget(url: string, use: PoolUse, loaded: typeof Undici): Target {
    const { origin, pathname, search } = new URL(url)
    return { dispatcher: options.dispatcher ?? pools.find(origin, use, loaded), origin, path: pathname + search }
  }

  function sendNow(request: TransportRequest, loaded: typeof Undici): Promise<TransportReply> {
    if (closed) return Promise.reject(new TypeError('the IntrospectionClient is closed'))
    const target = targetOf(request, loaded)
    if (interimSend === undefined) return dispatch(target, request)
    if (interim.size > 0 && sendsInterim(target.origin)) return interimSend.send(request)
    return dispatch(target, request, () => interim.set(target.origin, performance.now()))
  }

  /** Loads undici. Returns the transport to use in its place when that fails. */
  async function load(): Promise<Transport | undefined> {
    try {
      undici ??= await loadUndici()
      return undefined
    } catch (cause) {
      return (instead ??= transportWithoutUndici({ ...options, proxy: proxies && options.proxy }, cause))
    }
  }

  async function loadAndSend(request: TransportRequest): Promise<TransportReply> {
    const other = await load()
    return other === undefined ? sendNow(request, undici as typeof Undici) : other.send(request)
  }

  return {
    send: (request) => {
      if (undici !== undefined) return sendNow(request, undici)
      return instead === undefined ? loadAndSend(request) : instead.send(request)
    },
    async stream(request) {
      const other = instead ?? (await load())
      if (other?.stream !== undefined) return other.stream(request)
      if (other !== undefined) return other.send(request)
      if (closed) throw new TypeError('the IntrospectionClient is closed')
      return dispatchStream(newTarget(request.url, 'stream', undici as typeof Undici), request)
    },
    async close() {
      closed = true
      await Promise.all([interimSend?.close(), pools.close()])
    },
  }
}

/** undici needs a newer Node, or a `require`, which bundles of ES modules do not have. */
function transportWithoutUndici(
  { tls, proxy, socketPath, dispatcher }: DefaultTransportOptions,
  cause: unknown,
): Transport {
  const needed = Object.entries({ tls, proxy, socketPath, dispatcher }).find(([, value]) => value !== undefined)?.[0]
  if (needed !== undefined) {
    const error = new TransportUnreachableError(
      `undici could not be loaded, and transport.${needed} needs it: ${undiciRemedy(process.versions.node)}`,
      { cause },
    )
    return { send: () => Promise.reject(error), close: () => Promise.resolve() }
  }
  process.emitWarning(
    `undici could not be loaded, so the client uses the fetch of Node: ${undiciRemedy(process.versions.node)}`,
    {
      code: 'TOKEN_INTROSPECTION_WITHOUT_UNDICI',
    },
  )
  return fetchTransport((url, init) => fetch(url, init))
}

function dispatch(target: Target, request: TransportRequest, onInterim?: () => void): Promise<TransportReply> {
  return new Promise((resolve, reject) => {
    // `reset` closes the connection after the answer, so that the next request opens another.
    start(target, request, new Exchange(request, resolve, reject, onInterim), request.freshConnection)
  })
}

function dispatchStream(target: Target, request: TransportRequest): Promise<StreamReply> {
  return new Promise((resolve, reject) => {
    start(target, request, new EventStreamExchange(request, resolve, reject), true)
  })
}

function start(
  { dispatcher, origin, path }: Target,
  { method, headers, body, cancellation }: TransportRequest,
  exchange: Exchange,
  reset = false,
): void {
  cancellation.onCancel((reason) => exchange.cancel(reason))
  if (exchange.over) return
  try {
    dispatcher.dispatch({ origin, path, method, headers, body: body ?? null, reset }, exchange)
  } catch (cause) {
    // undici before version 7 does not support this handler.
    exchange.cancel(new TypeError('transport.dispatcher: must be a Dispatcher of undici 7 or 8', { cause }))
  }
}
