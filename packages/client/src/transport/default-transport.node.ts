/**
 * The default transport on Node: one undici pool per origin. It uses `dispatch`, which is a fifth cheaper than
 * `request`.
 */
import type * as Undici from 'undici'
import { ResponseMalformedError, TransportUnreachableError } from '../errors.ts'
import { fetchSend } from './fetch-send.ts'
import type {
  DefaultTransportOptions,
  Dispatcher,
  Send,
  Transport,
  TransportReply,
  TransportRequest,
} from './transport.ts'
import { createInterimSend } from './interim-send.node.ts'
import { unreachable } from './unreachable.ts'

/** On Node, one timer may serve the calls of many requests. */
export const SHARES_TIMERS = true

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
  /** Pools of this client, by origin. They are closed with the client. */
  const owned = new Map<string, Undici.Dispatcher>()
  /** Pools for requests that need a fresh connection. No connection of theirs is used twice. */
  const ownedFresh = new Map<string, Undici.Dispatcher>()
  // URLs come from the options and the metadata, never from requests, so there are only a few.
  const targets = new Map<string, Target>()
  const freshTargets = new Map<string, Target>()
  let undici: typeof Undici | undefined
  let instead: Send | undefined
  let closed = false
  /** The time at which undici last closed a connection because of an interim response, by origin. */
  const interim = new Map<string, number>()
  // With a dispatcher of the application, its connections are not replaced.
  const interimSend =
    options.proxy === undefined && options.dispatcher === undefined ? createInterimSend(options) : undefined

  /** Whether requests to an origin use Node's own HTTP client. */
  function sendsInterim(origin: string): boolean {
    const since = interim.get(origin)
    return since !== undefined && performance.now() - since < INTERIM_MEMORY_MS
  }

  function targetOf({ url, freshConnection }: TransportRequest, loaded: typeof Undici): Target {
    const known = freshConnection === true ? freshTargets : targets
    const target = known.get(url)
    if (target !== undefined) return target
    const { origin, pathname, search } = new URL(url)
    const created = {
      dispatcher: options.dispatcher ?? ownDispatcher(origin, freshConnection === true ? ownedFresh : owned, loaded),
      origin,
      path: pathname + search,
    }
    known.set(url, created)
    return created
  }

  function ownDispatcher(
    origin: string,
    dispatchers: Map<string, Undici.Dispatcher>,
    { Pool, ProxyAgent }: typeof Undici,
  ): Dispatcher {
    const known = dispatchers.get(origin)
    if (known !== undefined) return known
    const settings = {
      connections: options.maxConnections,
      // HTTP/2 costs twice as much for calls this small.
      allowH2: false,
      // The call's own deadline is exact; undici's timers are coarse.
      headersTimeout: 0,
      bodyTimeout: 0,
    }
    const { connectTimeoutMs: timeout, proxy: uri, tls } = options
    const connect = { timeout, ...tls } as Undici.buildConnector.BuildOptions
    // The proxy is verified with the same authorities. The client certificate is only for the authorization server.
    const proxyTls = { timeout, ca: tls?.ca } as Undici.buildConnector.BuildOptions
    const dispatcher =
      uri === undefined
        ? new Pool(origin, { ...settings, connect })
        : new ProxyAgent({ ...settings, uri, requestTls: connect, proxyTls })
    dispatchers.set(origin, dispatcher)
    return dispatcher
  }

  function sendNow(request: TransportRequest, loaded: typeof Undici): Promise<TransportReply> {
    if (closed) return Promise.reject(new TypeError('the IntrospectionClient is closed'))
    const target = targetOf(request, loaded)
    if (interimSend === undefined) return dispatch(target, request)
    if (interim.size > 0 && sendsInterim(target.origin)) return interimSend.send(request)
    return dispatch(target, request, () => interim.set(target.origin, performance.now()))
  }

  async function loadAndSend(request: TransportRequest): Promise<TransportReply> {
    try {
      undici ??= await loadUndici()
    } catch (cause) {
      instead = sendWithoutUndici(options, cause)
      return instead(request)
    }
    return sendNow(request, undici)
  }

  return {
    send: (request) => {
      if (undici !== undefined) return sendNow(request, undici)
      return instead === undefined ? loadAndSend(request) : instead(request)
    },
    async close() {
      closed = true
      const dispatchers = [...owned.values(), ...ownedFresh.values()]
      await Promise.all([interimSend?.close(), ...dispatchers.map((dispatcher) => dispatcher.close())])
    },
  }
}

/** The remedy in the error message. */
const REMEDY =
  'mark undici as external, or give the bundle a require: with esbuild, --banner:js="import { createRequire } from ' +
  "'node:module'; const require = createRequire(import.meta.url)\"; or pass transport.fetch"

/** Bundles of ES modules have no `require`, which undici needs. See the guide on runtimes. */
function sendWithoutUndici({ tls, proxy, dispatcher }: DefaultTransportOptions, cause: unknown): Send {
  const needed = Object.entries({ tls, proxy, dispatcher }).find(([, value]) => value !== undefined)?.[0]
  if (needed !== undefined) {
    const error = new TransportUnreachableError(
      `undici could not be loaded, and transport.${needed} needs it: ${REMEDY}`,
      { cause },
    )
    return () => Promise.reject(error)
  }
  process.emitWarning(`undici could not be loaded, so the client uses the fetch of Node: ${REMEDY}`, {
    code: 'TOKEN_INTROSPECTION_WITHOUT_UNDICI',
  })
  const send = fetchSend((url, init) => fetch(url, init))
  return (request) => request.cancellation.race(send(request))
}

function dispatch(
  { dispatcher, origin, path }: Target,
  request: TransportRequest,
  onInterim?: () => void,
): Promise<TransportReply> {
  return new Promise((resolve, reject) => {
    const exchange = new Exchange(request, resolve, reject, onInterim)
    request.cancellation.onCancel((reason) => exchange.cancel(reason))
    if (exchange.over) return
    const { method, headers, body, freshConnection: reset = false } = request
    try {
      // `reset` closes the connection after the answer, so that the next request opens another.
      dispatcher.dispatch({ origin, path, method, headers, body: body ?? null, reset }, exchange)
    } catch (cause) {
      // undici before version 7 does not support this handler.
      exchange.cancel(new TypeError('transport.dispatcher: must be a Dispatcher of undici 7 or 8', { cause }))
    }
  })
}

type ReceivedHeaders = Readonly<Record<string, string | string[] | undefined>>

/** One request, and its complete answer. An answer that is too large is refused. */
class Exchange implements Undici.Dispatcher.DispatchHandler, TransportReply {
  status = 0
  /** Whether the caller has the answer or an error. */
  over = false
  readonly #request: TransportRequest
  readonly #resolve: (reply: TransportReply) => void
  readonly #reject: (error: Error) => void
  readonly #onInterim: (() => void) | undefined
  #controller: Undici.Dispatcher.DispatchController | undefined
  #headers: ReceivedHeaders = {}
  #chunks: Buffer[] = []
  #length = 0

  constructor(
    request: TransportRequest,
    resolve: (reply: TransportReply) => void,
    reject: (error: Error) => void,
    onInterim: (() => void) | undefined,
  ) {
    this.#onInterim = onInterim
    this.#request = request
    this.#resolve = resolve
    this.#reject = reject
  }

  get body(): Uint8Array {
    const [first] = this.#chunks
    return this.#chunks.length === 1 && first !== undefined ? first : Buffer.concat(this.#chunks, this.#length)
  }

  header(name: string): string | undefined {
    const value = this.#headers[name]
    return Array.isArray(value) ? value.join(', ') : value
  }

  /** Gives the error to the caller at once. The request is aborted as soon as undici has started it. */
  cancel(reason: Error): void {
    if (this.over) return
    this.over = true
    this.#reject(reason)
    // Deferred, because undici does not expect an abort inside its own callbacks.
    queueMicrotask(() => this.#controller?.abort(reason))
  }

  onRequestStart(controller: Undici.Dispatcher.DispatchController): void {
    this.#controller = controller
    if (this.over) controller.abort(new Error('cancelled before it was sent'))
  }

  onResponseStart(_controller: Undici.Dispatcher.DispatchController, status: number, headers: ReceivedHeaders): void {
    this.status = status
    this.#headers = headers
  }

  onResponseData(_controller: Undici.Dispatcher.DispatchController, chunk: Buffer): void {
    this.#length += chunk.length
    if (this.#length > this.#request.maxResponseBytes) {
      this.cancel(new ResponseMalformedError(`the answer has more than ${this.#request.maxResponseBytes} octets`))
    } else {
      this.#chunks.push(chunk)
    }
  }

  onResponseEnd(): void {
    if (this.over) return
    this.over = true
    this.#resolve(this)
  }

  onResponseError(_controller: Undici.Dispatcher.DispatchController, cause: Error): void {
    if (this.over) return
    this.over = true
    if (this.#onInterim !== undefined && isInterimFault(cause)) this.#onInterim()
    this.#reject(unreachable(this.#request.url, cause))
  }
}

/**
 * Whether undici has closed a connection because of a `100 Continue`. undici has no error code for this, only this
 * message. The code of a lost connection is the same, so the request is retried, and the retry uses Node's client. A
 * wrong guess costs only speed.
 */
function isInterimFault(cause: Error): boolean {
  return (cause as { code?: unknown }).code === 'UND_ERR_SOCKET' && cause.message === 'bad response'
}
