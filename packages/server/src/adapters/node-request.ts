/** The request of Node as plain data. The body may come from the stream, a parser or a framework. */
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

/** The properties in which body parsers put the body of a request. */
export interface ParsedBody {
  readonly body?: unknown
  readonly rawBody?: unknown
}

/** One request of Node as plain data. */
export interface NodeRequest extends HttpRequest {
  /** Whether more of the body will come. */
  isStillSending(): boolean
}

/**
 * Converts a request of Node to plain data.
 *
 * @param response - the response to it. If it closes before the answer, the sender has disconnected.
 * @param parsed - the object on which body parsers set the body.
 * @param stream - the body, if a hook has replaced the stream of the request.
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
 * comes after that. If another reader already reads the body, it calls back at once, because the octets would be lost.
 */
export function onceArrived<Rest extends unknown[]>(
  request: IncomingMessage,
  next: (request: IncomingMessage, ...rest: Rest) => void,
  ...rest: Rest
): void {
  if (request.readableFlowing === null) process.nextTick(next, request, ...rest)
  else next(request, ...rest)
}

/** A class, because four closures per request cost more than one object. */
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
   * Whether more of the body will come. Node calls a request complete only after it has passed on the last octet. A request that a
   * framework made itself, as for tests, does not say.
   */
  isStillSending(): boolean {
    const request = this.#request as { readonly complete?: boolean; readonly readableLength: number }
    if (this.#hasWholeBody || request.complete !== false) return false
    return request.readableLength !== this.#declaredLength()
  }

  /**
   * The length of the body in the head (RFC 9112 §6.3). `NaN` when only the end of the body shows it. With `insecureHTTPParser`,
   * Node accepts a length beside a transfer coding, and then the length does not count.
   */
  #declaredLength(): number {
    if (this.header('transfer-encoding') !== undefined) return Number.NaN
    const length = this.header('content-length')
    if (length !== undefined) return Number(length)
    return this.#request.httpVersionMajor < 2 ? 0 : Number.NaN
  }

  /** The frameworks change the path of a request, and leave its query. */
  query(): string | undefined {
    const url = this.#request.url ?? ''
    const start = url.indexOf('?')
    return start === -1 ? undefined : url.slice(start + 1)
  }

  /** Also works for HTTP/2, where `socket` represents the socket of the session. */
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

/** A server that listens on IPv4 and IPv6 shows IPv4 addresses as IPv6 ones (RFC 4291 §2.5.5.2). */
function withoutMapping(address: string | undefined): string | undefined {
  return address?.replace(/^::ffff:(?=\d+\.)/i, '')
}

/** Reads the certificate of the sender. `authorized` says whether Node validated the chain, even if it accepts other ones. */
function readPeerCertificate(socket: Partial<TLSSocket> | undefined): PeerCertificate | undefined {
  const der = socket?.getPeerCertificate?.()?.raw
  if (der === undefined) return undefined
  return { der, chainValidated: socket?.authorized === true }
}

function readParsedBody(parsed: ParsedBody, stream: Readable, maxBytes: number): RequestBody | undefined {
  const body = parsed.rawBody ?? parsed.body
  if (body === undefined || body === null) return undefined
  // For other media types, some parsers set `{}` and leave the body unread.
  if (isUntouched(stream) && typeof body === 'object' && Object.keys(body).length === 0) return undefined
  if (typeof body === 'string' || body instanceof Uint8Array) {
    if (Buffer.byteLength(body) > maxBytes) throw tooLarge(maxBytes)
    return body
  }
  return toForm(body)
}

/**
 * Converts the result of a form parser: one string per name, and an array for a repeated name. Nested objects are refused, and so
 * is an array that no repetition makes: nesting parsers such as qs make an array of one element from `token[]`, which is a
 * different name from `token`.
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
 * The body of a request, if all octets that the head declares have arrived. HTTP ends the body there (RFC 9112 §6.3), so there is
 * nothing to wait for.
 */
function readArrived(request: IncomingMessage, declared: number): Buffer | undefined {
  if (declared === 0 || request.readableLength !== declared) return undefined
  if (request.readableFlowing !== null || request.readableEncoding !== null || !isUntouched(request)) return undefined
  const body = request.read() as Buffer
  // Otherwise the request would never end or close.
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
    const chunks: Uint8Array[] = []
    let length = 0
    const stop = (error: Error): void => {
      stream.off('data', onData)
      reject(error)
    }
    const onData = (chunk: unknown): void => {
      const octets = toOctets(chunk, stream)
      if (octets === undefined) return stop(unavailable('the body is a stream of something else than octets and text'))
      length += octets.byteLength
      if (length > maxBytes) stop(tooLarge(maxBytes))
      else chunks.push(octets)
    }
    const onEnd = (): void => resolve(chunks.length === 1 ? (chunks[0] as Uint8Array) : Buffer.concat(chunks, length))
    // `close` always comes last. After `end` or an error it changes nothing.
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

/** A chunk as octets. Middleware may have given the stream an encoding, or put a stream of text in its place. */
function toOctets(chunk: unknown, { readableEncoding }: Readable): Uint8Array | undefined {
  if (typeof chunk === 'string') return Buffer.from(chunk, readableEncoding ?? 'utf8')
  // By its parts, not by its class: test runners make octets of another realm.
  return ArrayBuffer.isView(chunk) && (chunk as Partial<Uint8Array>).BYTES_PER_ELEMENT === 1
    ? (chunk as Uint8Array)
    : undefined
}

/** Whether nobody has read or closed the stream. Otherwise a part of the body is missing, or nothing more would come. */
function isUntouched(stream: Readable): boolean {
  return !stream.readableDidRead && !stream.readableEnded && !stream.destroyed
}

function tooLarge(maxBytes: number): RequestTooLargeError {
  return new RequestTooLargeError(`the body has more than ${maxBytes} octets`)
}

function unavailable(complaint: string): RequestBodyUnavailableError {
  return new RequestBodyUnavailableError(complaint)
}
