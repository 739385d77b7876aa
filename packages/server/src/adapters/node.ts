/** The Node form: `IncomingMessage` and `ServerResponse` around the plain data of the pipeline, no web objects made. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import {
  Form,
  type HttpRequest,
  type HttpResponse,
  type IntrospectionHandler,
  type RequestBody,
  RequestBodyUnavailableError,
  RequestInvalidError,
  RequestTooLargeError,
} from '../index.ts'

/** Octets still taken from a sender whose request was answered early, so that the answer reaches it. */
const DRAIN_BYTES = 1_048_576

/**
 * Turns a handler into a listener for `node:http`, `node:https`, and any framework that hands out Node's own request
 * and response. A body a parser has left on `request.body` or `request.rawBody` is taken from there.
 *
 * @example
 * ```ts
 * import { createServer } from 'node:http'
 * import type { IntrospectionHandler } from '@token-introspection/server'
 * import { toNodeHandler } from '@token-introspection/server/node'
 *
 * export function serve(introspection: IntrospectionHandler) {
 *   const listener = toNodeHandler(introspection)
 *   return createServer((request, response) => {
 *     if (request.url === '/introspect') return listener(request, response)
 *     response.writeHead(404).end()
 *   })
 * }
 * ```
 */
export function toNodeHandler(
  handler: Pick<IntrospectionHandler, 'handle'>,
): (request: IncomingMessage, response: ServerResponse) => void {
  return (request, response) => {
    handler.handle(new NodeRequest(request)).then(
      (answer) => write(answer, request, response),
      // `handle` never rejects; if it does all the same, the connection must not hang.
      () => response.destroy(),
    )
  }
}

function write(answer: HttpResponse, request: IncomingMessage, response: ServerResponse): void {
  if (response.destroyed || response.headersSent) return
  const headers: Record<string, string | number> = {
    ...answer.headers,
    'content-length': Buffer.byteLength(answer.body),
  }
  if (!request.complete) {
    headers['connection'] = 'close'
    drain(request)
  }
  response.writeHead(answer.status, headers)
  response.end(request.method === 'HEAD' ? undefined : answer.body)
}

/** Lets an early answer out: closing at once would reset the connection under it. Bounded, then closed. */
function drain(request: IncomingMessage): void {
  let drained = 0
  request.on('data', (chunk: Buffer) => {
    drained += chunk.length
    if (drained > DRAIN_BYTES) request.destroy()
  })
  request.on('error', () => undefined)
  request.resume()
}

class NodeRequest implements HttpRequest {
  readonly #request: IncomingMessage & { body?: unknown; rawBody?: unknown }

  constructor(request: IncomingMessage) {
    this.#request = request
  }

  get method(): string {
    return this.#request.method ?? ''
  }

  /** From the raw fields: `request.headers` would drop a second `Authorization` without a word. */
  header(name: string): string | undefined {
    const raw = this.#request.rawHeaders
    let value: string | undefined
    for (let index = 0; index < raw.length; index += 2) {
      const field = raw[index] as string
      if (field.length === name.length && field.toLowerCase() === name) {
        value = value === undefined ? raw[index + 1] : `${value}, ${raw[index + 1]}`
      }
    }
    return value
  }

  readBody(maxBytes: number): RequestBody | Promise<RequestBody> {
    return readParsedBody(this.#request, maxBytes) ?? readStream(this.#request, maxBytes, this.header('content-length'))
  }
}

function readParsedBody(request: { body?: unknown; rawBody?: unknown }, maxBytes: number): RequestBody | undefined {
  const body = request.rawBody ?? request.body
  if (body === undefined || body === null) return undefined
  if (typeof body === 'string' || body instanceof Uint8Array) {
    if (Buffer.byteLength(body) > maxBytes) throw tooLarge(maxBytes)
    return body
  }
  return toForm(body)
}

/** What a form parser left: a string per name, an array for a repeated one. Nested objects are no form. */
function toForm(body: unknown): Form {
  if (typeof body !== 'object') throw unavailable('a body parser left something that is no form')
  const parameters: [string, string][] = []
  for (const [name, value] of Object.entries(body as object)) {
    for (const element of Array.isArray(value) ? (value as unknown[]) : [value as unknown]) {
      if (typeof element !== 'string') throw new RequestInvalidError('a form parameter is not a string')
      parameters.push([name, element])
    }
  }
  return new Form(parameters)
}

function readStream(
  request: IncomingMessage,
  maxBytes: number,
  contentLength: string | undefined,
): Promise<Uint8Array> {
  if (Number(contentLength) > maxBytes) throw tooLarge(maxBytes)
  if (request.readableEnded) throw unavailable('the body was read before the handler saw it')
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let length = 0
    const stop = (): void => {
      request.off('data', onData).off('end', onEnd).off('error', onBroken).off('close', onBroken)
    }
    const onData = (chunk: Buffer): void => {
      length += chunk.length
      if (length > maxBytes) {
        stop()
        reject(tooLarge(maxBytes))
        return
      }
      chunks.push(chunk)
    }
    const onEnd = (): void => {
      stop()
      resolve(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks, length))
    }
    const onBroken = (): void => {
      stop()
      reject(unavailable('the sender went away before the body was complete'))
    }
    request.on('data', onData).on('end', onEnd).on('error', onBroken).on('close', onBroken)
  })
}

function tooLarge(maxBytes: number): RequestTooLargeError {
  return new RequestTooLargeError(`the body has more than ${maxBytes} octets`)
}

function unavailable(complaint: string): RequestBodyUnavailableError {
  return new RequestBodyUnavailableError(complaint)
}
