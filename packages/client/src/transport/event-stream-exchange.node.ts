/** One request through undici whose answer may be an event stream. */
import { type DispatchController, Exchange, type ReceivedHeaders } from './exchange.node.ts'
import { isEventStream, NO_OCTETS } from './is-event-stream.ts'
import type { StreamReply, TransportRequest } from './transport.ts'
import { unreachable } from './unreachable.ts'

/** Unread octets after which the server has to wait. */
const MAX_UNREAD_BYTES = 65_536

/** Gives an event stream as it comes, and every other answer whole. */
export class EventStreamExchange extends Exchange {
  readonly #url: string
  readonly #resolveStream: (reply: StreamReply) => void
  #octets: Octets | undefined

  constructor(request: TransportRequest, resolve: (reply: StreamReply) => void, reject: (error: Error) => void) {
    super(request, resolve, reject, undefined)
    this.#url = request.url
    this.#resolveStream = resolve
  }

  override onResponseStart(controller: DispatchController, status: number, headers: ReceivedHeaders): void {
    super.onResponseStart(controller, status, headers)
    if (this.over || !isEventStream(this)) return
    this.over = true
    this.#octets = new Octets(controller)
    this.#resolveStream({ status, header: (name) => this.header(name), body: NO_OCTETS, chunks: this.#octets })
  }

  override onResponseData(controller: DispatchController, chunk: Buffer): void {
    if (this.#octets === undefined) super.onResponseData(controller, chunk)
    else this.#octets.push(chunk)
  }

  override onResponseEnd(): void {
    this.#octets?.end(undefined)
    super.onResponseEnd()
  }

  override onResponseError(controller: DispatchController, cause: Error): void {
    this.#octets?.end(unreachable(this.#url, cause))
    super.onResponseError(controller, cause)
  }
}

/** Octets that have come and are not read yet. It has one reader. */
class Octets implements AsyncIterable<Uint8Array>, AsyncIterator<Uint8Array, undefined> {
  readonly #controller: DispatchController
  readonly #unread: Uint8Array[] = []
  #unreadBytes = 0
  #end: { readonly error: Error | undefined } | undefined
  #wake: (() => void) | undefined

  constructor(controller: DispatchController) {
    this.#controller = controller
  }

  push(chunk: Uint8Array): void {
    if (this.#end !== undefined) return
    this.#unread.push(chunk)
    this.#unreadBytes += chunk.length
    if (this.#unreadBytes > MAX_UNREAD_BYTES) this.#controller.pause()
    this.#wake?.()
  }

  end(error: Error | undefined): void {
    this.#end ??= { error }
    this.#wake?.()
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  async next(): Promise<IteratorResult<Uint8Array, undefined>> {
    for (;;) {
      const chunk = this.#unread.shift()
      if (chunk !== undefined) {
        this.#unreadBytes -= chunk.length
        if (this.#controller.paused && this.#unreadBytes <= MAX_UNREAD_BYTES) this.#controller.resume()
        return { done: false, value: chunk }
      }
      if (this.#end?.error !== undefined) throw this.#end.error
      if (this.#end !== undefined) return { done: true, value: undefined }
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
  }

  return(): Promise<IteratorReturnResult<undefined>> {
    if (this.#end === undefined) {
      this.end(undefined)
      // Deferred, because undici does not expect an abort inside its own callbacks.
      queueMicrotask(() => this.#controller.abort(new Error('nobody reads this stream any more')))
    }
    return Promise.resolve({ done: true, value: undefined })
  }
}
