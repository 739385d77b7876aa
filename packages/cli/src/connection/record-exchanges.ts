/** Records what a dispatcher of undici sends and receives. */
import type { Dispatcher } from 'undici'
import type { Exchange, Fields } from './exchange.ts'

/** The octets of an answer that are kept, at most. */
const MAX_BYTES = 65_536

/**
 * Wraps a dispatcher.
 *
 * @param onExchange - called once for each request, when its answer is complete or has failed.
 */
export function recordExchanges(dispatcher: Dispatcher, onExchange: (exchange: Exchange) => void): Dispatcher {
  return dispatcher.compose(
    (dispatch) => (options, handler) => dispatch(options, new Recording(options, handler, onExchange)),
  )
}

/** Passes everything on to the handler of the request, and keeps a copy. */
class Recording implements Dispatcher.DispatchHandler {
  readonly #options: Dispatcher.DispatchOptions
  readonly #handler: Dispatcher.DispatchHandler
  readonly #onExchange: (exchange: Exchange) => void
  #answer: { readonly status: number; readonly headers: Fields } | undefined
  #parts: Buffer[] = []
  #length = 0

  constructor(
    options: Dispatcher.DispatchOptions,
    handler: Dispatcher.DispatchHandler,
    onExchange: (exchange: Exchange) => void,
  ) {
    this.#options = options
    this.#handler = handler
    this.#onExchange = onExchange
  }

  onRequestStart(...all: Parameters<NonNullable<Dispatcher.DispatchHandler['onRequestStart']>>): void {
    this.#handler.onRequestStart?.(...all)
  }

  onRequestUpgrade(...all: Parameters<NonNullable<Dispatcher.DispatchHandler['onRequestUpgrade']>>): void {
    this.#handler.onRequestUpgrade?.(...all)
  }

  onResponseStart(...all: Parameters<NonNullable<Dispatcher.DispatchHandler['onResponseStart']>>): void {
    const [, status, headers] = all
    this.#answer = { status, headers: toFields(headers) }
    this.#handler.onResponseStart?.(...all)
  }

  onResponseData(...all: Parameters<NonNullable<Dispatcher.DispatchHandler['onResponseData']>>): void {
    const [, part] = all
    if (this.#length < MAX_BYTES) this.#parts.push(part.subarray(0, MAX_BYTES - this.#length))
    this.#length += part.length
    this.#handler.onResponseData?.(...all)
  }

  onResponseEnd(...all: Parameters<NonNullable<Dispatcher.DispatchHandler['onResponseEnd']>>): void {
    this.#report()
    this.#handler.onResponseEnd?.(...all)
  }

  onResponseError(...all: Parameters<NonNullable<Dispatcher.DispatchHandler['onResponseError']>>): void {
    this.#report()
    this.#handler.onResponseError?.(...all)
  }

  #report(): void {
    const { method, origin = '', path, headers, body } = this.#options
    this.#onExchange({
      request: {
        method,
        url: `${String(origin).replace(/\/$/, '')}${path}`,
        headers: toFields(headers),
        body: typeof body === 'string' || body instanceof Uint8Array ? body.toString() : '',
      },
      answer: this.#answer && { ...this.#answer, body: Buffer.concat(this.#parts).toString('utf8') },
    })
  }
}

function toFields(headers: unknown): Fields {
  const pairs = Array.isArray(headers)
    ? Array.from({ length: headers.length / 2 }, (_, index) => [headers[2 * index], headers[2 * index + 1]] as const)
    : Object.entries((headers ?? {}) as Record<string, unknown>)
  return Object.fromEntries(
    pairs.flatMap(([name, value]) =>
      value === undefined
        ? []
        : [[String(name).toLowerCase(), Array.isArray(value) ? value.join(', ') : String(value)]],
    ),
  )
}
