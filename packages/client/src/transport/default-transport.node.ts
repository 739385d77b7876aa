/** The default transport on Node: an undici pool per origin, driven at `dispatch`, a fifth cheaper than `request`. */
import type * as Undici from 'undici'
import type { Dispatcher, Pool } from 'undici'
import { ResponseMalformedError, TransportUnreachableError } from '../errors.ts'
import type { DefaultTransportOptions, Transport, TransportReply, TransportRequest } from './transport.ts'
import { withoutOctets } from './without-octets.ts'

/** Where requests for one URL go. */
interface Target {
  readonly pool: Pool
  readonly path: string
}

/** Creates the transport. undici is loaded with the first request, not with the package. */
export function createDefaultTransport(options: DefaultTransportOptions): Transport {
  const pools = new Map<string, Pool>()
  // URLs come from the options and the metadata, never from requests, so there are a handful.
  const targets = new Map<string, Target>()
  let undici: typeof Undici | undefined
  let closed = false

  function targetOf(url: string, { Pool }: typeof Undici): Target {
    const { origin, pathname, search } = new URL(url)
    const pool =
      pools.get(origin) ??
      new Pool(origin, {
        connections: options.maxConnections,
        // HTTP/2 costs twice as much for calls this small.
        allowH2: false,
        // The call's own deadline is exact; undici's timers are coarse.
        headersTimeout: 0,
        bodyTimeout: 0,
        connect: { timeout: options.connectTimeoutMs, ...options.tls },
      })
    pools.set(origin, pool)
    const target = { pool, path: pathname + search }
    targets.set(url, target)
    return target
  }

  return {
    async send(request) {
      undici ??= await import('undici')
      if (closed) throw new TypeError('the IntrospectionClient is closed')
      return dispatch(targets.get(request.url) ?? targetOf(request.url, undici), request)
    },
    async close() {
      closed = true
      await Promise.all([...pools.values()].map((pool) => pool.close()))
    },
  }
}

function dispatch({ pool, path }: Target, request: TransportRequest): Promise<TransportReply> {
  return new Promise((resolve, reject) => {
    const exchange = new Exchange(request, resolve, reject)
    request.cancellation.onCancel((reason) => exchange.cancel(reason))
    if (exchange.over) return
    const { method, headers, body } = request
    pool.dispatch({ path, method, headers: headers as Record<string, string>, body: body ?? null }, exchange)
  })
}

type ReceivedHeaders = Readonly<Record<string, string | string[] | undefined>>

/** One request on its way, and its answer once it is complete; one that grows too large is refused. */
class Exchange implements Dispatcher.DispatchHandler, TransportReply {
  status = 0
  /** Whether the waiter has its answer, good or bad. */
  over = false
  readonly #request: TransportRequest
  readonly #resolve: (reply: TransportReply) => void
  readonly #reject: (error: Error) => void
  #controller: Dispatcher.DispatchController | undefined
  #headers: ReceivedHeaders = {}
  #chunks: Buffer[] = []
  #length = 0

  constructor(request: TransportRequest, resolve: (reply: TransportReply) => void, reject: (error: Error) => void) {
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

  /** The waiter hears at once; the request is dropped as soon as undici has it in hand. */
  cancel(reason: Error): void {
    if (this.over) return
    this.over = true
    this.#reject(reason)
    // Later, because undici does not expect to be aborted out of its own callbacks.
    queueMicrotask(() => this.#controller?.abort(reason))
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller
    if (this.over) controller.abort(new Error('cancelled before it was sent'))
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number, headers: ReceivedHeaders): void {
    this.status = status
    this.#headers = headers
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
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

  onResponseError(_controller: Dispatcher.DispatchController, cause: Error): void {
    if (this.over) return
    this.over = true
    const { origin } = new URL(this.#request.url)
    this.#reject(new TransportUnreachableError(`no complete answer from ${origin}`, { cause: withoutOctets(cause) }))
  }
}
