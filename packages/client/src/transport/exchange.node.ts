/** One request through undici, and its answer. */
import type * as Undici from 'undici'
import { ResponseMalformedError } from '../errors.ts'
import type { TransportReply, TransportRequest } from './transport.ts'
import { unreachable } from './unreachable.ts'

/** What a handler may do to its exchange. */
export type DispatchController = Undici.Dispatcher.DispatchController

/** Header fields, as undici gives them. */
export type ReceivedHeaders = Readonly<Record<string, string | string[] | undefined>>

/** One request, and its complete answer. An answer that is too large is refused. */
export class Exchange implements Undici.Dispatcher.DispatchHandler, TransportReply {
  status = 0
  /** Whether the caller has the answer or an error. */
  over = false
  readonly #request: TransportRequest
  readonly #resolve: (reply: TransportReply) => void
  readonly #reject: (error: Error) => void
  readonly #onInterim: (() => void) | undefined
  #controller: DispatchController | undefined
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

  onRequestStart(controller: DispatchController): void {
    this.#controller = controller
    if (this.over) controller.abort(new Error('cancelled before it was sent'))
  }

  onResponseStart(_controller: DispatchController, status: number, headers: ReceivedHeaders): void {
    this.status = status
    this.#headers = headers
  }

  onResponseData(_controller: DispatchController, chunk: Buffer): void {
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

  onResponseError(_controller: DispatchController, cause: Error): void {
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
