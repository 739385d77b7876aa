/** Node's request as plain data, with the body where parsers and frameworks may have left it. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Readable } from 'node:stream'
import type { TLSSocket } from 'node:tls'
import { readNodeHeader } from '@token-introspection/core/node-header'
import {
  Form,
  type HttpRequest,
  type PeerCertificate,
  type RequestBody,
  RequestBodyUnavailableError,
  RequestInvalidError,
  RequestTooLargeError,
} from '../index.ts'

/** Where a request's body is, besides its stream: what a body parser has left. */
export interface ParsedBody {
  readonly body?: unknown
  readonly rawBody?: unknown
}

/** One request of Node as plain data. */
export interface NodeRequest extends HttpRequest {
  /** Whether more of the body is to come. */
  isStillSending(): boolean
}

/**
 * One request of Node.
 *
 * @param response - where its answer goes; when it closes before that, the sender has gone.
 * @param parsed - where body parsers leave what they read.
 * @param stream - the body, when hooks have put another stream in the place of the request.
 */
export function toHttpRequest(
  request: IncomingMessage,
  response: ServerResponse,
  parsed: ParsedBody,
  stream: Readable = request,
): NodeRequest {
  return new NodeHttpRequest(request, response, parsed, stream)
}

/**
 * Calls back when the body of a small request has had time to arrive: Node reads it right after the head, and the next tick
 * comes after that. The callback comes at once where somebody reads the body already, because what they read would be gone.
 */
export function onceArrived<Rest extends unknown[]>(
  request: IncomingMessage,
  next: (request: IncomingMessage, ...rest: Rest) => void,
  ...rest: Rest
): void {
  if (request.readableFlowing === null) process.nextTick(next, request, ...rest)
  else next(request, ...rest)
}

/** A class, because four closures for every request cost more than one object. */
class NodeHttpRequest implements NodeRequest {
  readonly method: string
  readonly #request: IncomingMessage
  readonly #response: ServerResponse
  readonly #parsed: ParsedBody
  readonly #stream: Readable
  #hasWholeBody = false

  constructor(request: IncomingMessage, response: ServerResponse, parsed: ParsedBody, stream: Readable) {
    this.method = request.method ?? ''
    this.#request = request
    this.#response = response
    this.#parsed = parsed
    this.#stream = stream
  }

  header(name: string): string | undefined {
    return readNodeHeader(this.#request, name)
  }

  readBody(maxBytes: number): RequestBody | Promise<RequestBody> {
    const declared = this.#declaredLength()
    if (declared > maxBytes) throw tooLarge(maxBytes)
    const parsed = readParsedBody(this.#parsed, this.#stream, maxBytes)
    if (parsed !== undefined) return parsed
    if (this.#stream !== this.#request) return readStream(this.#stream, maxBytes)
    const arrived = readArrived(this.#request, declared)
    if (arrived === undefined) return readStream(this.#stream, maxBytes)
    this.#hasWholeBody = true
    return arrived
  }

  /**
   * Whether more of the body is to come. Node calls a request complete only after it has handed over the last octet, and a
   * request that a framework made up, as for tests, does not say.
   */
  isStillSending(): boolean {
    const request = this.#request as { readonly complete?: boolean; readonly readableLength: number }
    if (this.#hasWholeBody || request.complete !== false) return false
    return request.readableLength !== this.#declaredLength()
  }

  /** The length of the body as the head says it (RFC 9112 §6.3); `NaN` where only the end of the body tells it. */
  #declaredLength(): number {
    const length = this.header('content-length')
    if (length !== undefined) return Number(length)
    const isEmpty = this.#request.httpVersionMajor < 2 && this.header('transfer-encoding') === undefined
    return isEmpty ? 0 : Number.NaN
  }

  /** Of HTTP/2 streams too: theirs stands for the socket of the session. */
  remoteAddress(): string | undefined {
    return withoutMapping((this.#request.socket as IncomingMessage['socket'] | undefined)?.remoteAddress)
  }

  signal(): AbortSignal {
    const controller = new AbortController()
    const response = this.#response
    const onClose = (): void => {
      if (!response.writableEnded) controller.abort(new Error('the sender went away before its answer'))
    }
    if (response.destroyed) onClose()
    else response.once('close', onClose)
    return controller.signal
  }

  peerCertificate(): PeerCertificate | undefined {
    return readPeerCertificate(this.#request.socket as Partial<TLSSocket> | undefined)
  }
}

/** A server that listens on both families shows IPv4 addresses as IPv6 ones (RFC 4291 §2.5.5.2). */
function withoutMapping(address: string | undefined): string | undefined {
  return address?.replace(/^::ffff:(?=\d+\.)/i, '')
}

/** `authorized` is what Node says of the chain, also where it lets in those who have none. */
function readPeerCertificate(socket: Partial<TLSSocket> | undefined): PeerCertificate | undefined {
  const der = socket?.getPeerCertificate?.()?.raw
  if (der === undefined) return undefined
  return { der, chainValidated: socket?.authorized === true }
}

function readParsedBody(parsed: ParsedBody, stream: Readable, maxBytes: number): RequestBody | undefined {
  const body = parsed.rawBody ?? parsed.body
  if (body === undefined || body === null) return undefined
  // Some parsers leave `{}` and an unread body where the media type is not theirs.
  if (isUntouched(stream) && typeof body === 'object' && Object.keys(body).length === 0) return undefined
  if (typeof body === 'string' || body instanceof Uint8Array) {
    if (Buffer.byteLength(body) > maxBytes) throw tooLarge(maxBytes)
    return body
  }
  return toForm(body)
}

/**
 * What a form parser left: a string per name, an array for a repeated one. Nested objects are no form, and neither is an
 * array that no repetition makes: parsers that nest, such as qs, leave one of a single element for `token[]`, which is
 * another name than `token`.
 */
function toForm(body: unknown): Form {
  if (typeof body !== 'object') throw unavailable('a body parser left something that is no form')
  const parameters: [string, string][] = []
  for (const [name, value] of Object.entries(body as object)) {
    if (Array.isArray(value) && value.length < 2)
      throw new RequestInvalidError('a form parameter has a name with brackets')
    for (const element of Array.isArray(value) ? (value as unknown[]) : [value as unknown]) {
      if (typeof element !== 'string') throw new RequestInvalidError('a form parameter is not a string')
      parameters.push([name, element])
    }
  }
  return new Form(parameters)
}

/**
 * The body of a request, when all of it is there: as many octets as the head declares. HTTP ends the body there (RFC 9112
 * §6.3), so nothing has to be awaited.
 */
function readArrived(request: IncomingMessage, declared: number): Buffer | undefined {
  if (declared === 0 || request.readableLength !== declared) return undefined
  if (request.readableFlowing !== null || request.readableEncoding !== null || !isUntouched(request)) return undefined
  const body = request.read() as Buffer
  // Otherwise the request would never end, nor close.
  request.resume()
  return body
}

function readStream(stream: Readable, maxBytes: number): Promise<Uint8Array> {
  if (!isUntouched(stream)) {
    const senderLeft = stream.destroyed && !stream.readableDidRead
    throw new RequestBodyUnavailableError('the body was read, or its sender gone, before the handler saw it', {
      senderLeft,
    })
  }
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let length = 0
    const onData = (chunk: Buffer): void => {
      length += chunk.length
      if (length > maxBytes) {
        stream.off('data', onData)
        reject(tooLarge(maxBytes))
      } else {
        chunks.push(chunk)
      }
    }
    const onEnd = (): void => resolve(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks, length))
    // Comes last in any case, and then has nothing to say.
    const onClose = (): void => {
      if (stream.readableEnded) return
      reject(new RequestBodyUnavailableError('the sender went away before the body was complete', { senderLeft: true }))
    }
    stream
      .on('data', onData)
      .on('end', onEnd)
      .on('close', onClose)
      .on('error', () => undefined)
  })
}

/** Once read, even in part, or closed: what is still to come would not be the body, or nothing would ever come. */
function isUntouched(stream: Readable): boolean {
  return !stream.readableDidRead && !stream.readableEnded && !stream.destroyed
}

function tooLarge(maxBytes: number): RequestTooLargeError {
  return new RequestTooLargeError(`the body has more than ${maxBytes} octets`)
}

function unavailable(complaint: string): RequestBodyUnavailableError {
  return new RequestBodyUnavailableError(complaint)
}
