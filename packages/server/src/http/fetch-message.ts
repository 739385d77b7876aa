/** The fetch form: converts web `Request` and `Response` from and to the plain data of the pipeline. */
import { readBody } from '@token-introspection/core/read-body'
import { RequestBodyUnavailableError, RequestTooLargeError } from '../errors.ts'
import type { HttpRequest, HttpResponse, StreamedBody } from './http-message.ts'

/** Converts a web `Request` to plain data. The body is read, within its limit, only when the pipeline asks for it. */
export function toHttpRequest(request: Request): HttpRequest {
  if (typeof (request as Partial<Request> | undefined)?.headers?.get !== 'function') {
    throw new TypeError(
      'request: must be a web Request; the requests of Express, Fastify and others are for the adapters, such as ' +
        'toExpressHandler(handler) of @token-introspection/server/express',
    )
  }
  return {
    method: request.method,
    header: (name) => request.headers.get(name) ?? undefined,
    readBody: (maxBytes) => readStream(request, maxBytes),
    query: () => queryOf(request.url),
    signal: () => request.signal,
  }
}

/** Converts plain data to a web `Response`. A reply to HEAD has no body (RFC 9110 §9.3.2), an empty body no media type. */
export function toFetchResponse(response: HttpResponse, method: string): Response {
  const { stream } = response
  const text = method === 'HEAD' || response.body === '' ? null : response.body
  const body = stream === undefined ? text : toReadableStream(stream)
  return new Response(body, { status: response.status, headers: response.headers as Record<string, string> })
}

function queryOf(url: string): string | undefined {
  const [withoutFragment = ''] = url.split('#', 1)
  const start = withoutFragment.indexOf('?')
  return start === -1 ? undefined : withoutFragment.slice(start + 1)
}

/** The octets that a host may take before it has sent them. Above that the queue of the stream grows. */
const HIGH_WATER_MARK = 65_536

function toReadableStream(stream: StreamedBody): ReadableStream<Uint8Array> {
  let leave: (() => void) | undefined
  let isOver = false
  const stop = (): void => {
    isOver = true
    leave?.()
  }
  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        leave = stream({
          send(octets) {
            if (!isOver) controller.enqueue(octets)
          },
          unsentBytes: () => HIGH_WATER_MARK - (controller.desiredSize ?? HIGH_WATER_MARK),
          end() {
            if (isOver) return
            controller.close()
            stop()
          },
          drop() {
            if (isOver) return
            // Some hosts print it, with its stack.
            controller.error(new Error('the receiver does not read its response, so the connection is broken off'))
            stop()
          },
        })
        if (isOver) leave()
      },
      cancel: stop,
    },
    new ByteLengthQueuingStrategy({ highWaterMark: HIGH_WATER_MARK }),
  )
}

/** Not async, because a body that is read whole would wait for one promise more. */
function readStream(request: Request, maxBytes: number): Promise<Uint8Array> {
  if (request.bodyUsed) throw readBefore()
  const declared = request.headers.get('content-length')
  if (Number(declared) > maxBytes) throw tooLarge(maxBytes)
  // The framing of the message guarantees the declared length. Reading the body whole costs far less, because some hosts
  // create a stream only on demand.
  if (declared !== null && /^\d+$/.test(declared)) return readWhole(request, maxBytes)
  if (request.body?.locked === true) throw readBefore()
  return readInParts(request.body, maxBytes)
}

async function readInParts(body: Request['body'], maxBytes: number): Promise<Uint8Array> {
  const octets = await readBody(body, maxBytes).catch((cause: unknown) => {
    throw endedEarly(cause)
  })
  if (octets === undefined) throw tooLarge(maxBytes)
  return octets
}

async function readWhole(request: Request, maxBytes: number): Promise<Uint8Array> {
  let body: ArrayBuffer
  try {
    body = await request.arrayBuffer()
  } catch (cause) {
    // A body with another reader is a misuse, and its class says so. Other errors come from the network.
    if (cause instanceof TypeError && request.body?.locked === true) throw readBefore()
    throw endedEarly(cause)
  }
  if (body.byteLength > maxBytes) throw tooLarge(maxBytes)
  return new Uint8Array(body)
}

function readBefore(): RequestBodyUnavailableError {
  return new RequestBodyUnavailableError('the body was read before the handler saw it: mount it before body parsers')
}

function endedEarly(cause: unknown): RequestBodyUnavailableError {
  return new RequestBodyUnavailableError('the body ended before it was complete', { cause, senderLeft: true })
}

function tooLarge(maxBytes: number): RequestTooLargeError {
  return new RequestTooLargeError(`the body has more than ${maxBytes} octets`)
}
