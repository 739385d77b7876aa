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

/** How much is still taken, and for how long, from a sender whose request was answered early. */
const DRAIN_BYTES = 1_048_576
const DRAIN_MS = 1000

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
  const headers = { ...answer.headers, 'content-length': String(Buffer.byteLength(answer.body)) }
  const body = request.method === 'HEAD' ? '' : answer.body
  if (request.complete) {
    response.writeHead(answer.status, headers).end(body)
    return
  }
  response.writeHead(answer.status, { ...headers, connection: 'close' }).flushHeaders()
  if (body !== '') response.write(body)
  // Node closes the connection once the response ends, and closing with octets unread resets it under the answer.
  drain(request, () => response.end())
}

/** Takes what is still coming, within bounds, then calls back once. */
function drain(request: IncomingMessage, done: () => void): void {
  let drained = 0
  const timer = setTimeout(stop, DRAIN_MS)
  function stop(): void {
    clearTimeout(timer)
    request.off('data', onData).off('end', stop).off('close', stop)
    done()
  }
  function onData(chunk: Buffer): void {
    drained += chunk.length
    if (drained > DRAIN_BYTES) stop()
  }
  request
    .on('data', onData)
    .on('end', stop)
    .on('close', stop)
    .on('error', () => undefined)
    .resume()
}

/** A request as body parsers leave it. */
type ParsedMessage = IncomingMessage & { body?: unknown; rawBody?: unknown }

class NodeRequest implements HttpRequest {
  readonly #request: ParsedMessage

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
    if (Number(this.header('content-length')) > maxBytes) throw tooLarge(maxBytes)
    return readParsedBody(this.#request, maxBytes) ?? readStream(this.#request, maxBytes)
  }
}

function readParsedBody(request: ParsedMessage, maxBytes: number): RequestBody | undefined {
  const body = request.rawBody ?? request.body
  if (body === undefined || body === null) return undefined
  // The parsers of Express 4 leave `{}` and an unread body where the media type is not theirs.
  if (isUntouched(request) && typeof body === 'object' && Object.keys(body).length === 0) return undefined
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

function readStream(request: IncomingMessage, maxBytes: number): Promise<Uint8Array> {
  if (!isUntouched(request)) throw unavailable('the body was read, or its sender gone, before the handler saw it')
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let length = 0
    const onData = (chunk: Buffer): void => {
      length += chunk.length
      if (length > maxBytes) {
        request.off('data', onData)
        reject(tooLarge(maxBytes))
      } else {
        chunks.push(chunk)
      }
    }
    const onEnd = (): void => resolve(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks, length))
    // Comes last in any case, and then has nothing to say; taking listeners off would cost more.
    const onClose = (): void => {
      if (!request.readableEnded) reject(unavailable('the sender went away before the body was complete'))
    }
    request.on('data', onData).on('end', onEnd).on('close', onClose)
  })
}

/** Once read, even in part, or closed: what is still to come would not be the body, or nothing would ever come. */
function isUntouched(request: IncomingMessage): boolean {
  return !request.readableDidRead && !request.readableEnded && !request.destroyed
}

function tooLarge(maxBytes: number): RequestTooLargeError {
  return new RequestTooLargeError(`the body has more than ${maxBytes} octets`)
}

function unavailable(complaint: string): RequestBodyUnavailableError {
  return new RequestBodyUnavailableError(complaint)
}
