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
): HttpRequest {
  return new NodeHttpRequest(request, response, parsed, stream)
}

/** A class, because four closures for every request cost more than one object. */
class NodeHttpRequest implements HttpRequest {
  readonly method: string
  readonly #request: IncomingMessage
  readonly #response: ServerResponse
  readonly #parsed: ParsedBody
  readonly #stream: Readable

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
    if (Number(this.header('content-length')) > maxBytes) throw tooLarge(maxBytes)
    return readParsedBody(this.#parsed, this.#stream, maxBytes) ?? readStream(this.#stream, maxBytes)
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

/** Whether more of the body is to come; a request that a framework made up, as for tests, does not say. */
export function isStillSending(request: { readonly complete?: boolean }): boolean {
  return request.complete === false
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
