/** The fetch form: web `Request` and `Response` around the plain data of the pipeline. */
import { readBody } from '@token-introspection/core/read-body'
import { RequestBodyUnavailableError, RequestTooLargeError } from '../errors.ts'
import type { HttpRequest, HttpResponse } from './http-message.ts'

/** A web `Request` as plain data; the body is read, with its cap, only when the pipeline asks for it. */
export function toHttpRequest(request: Request): HttpRequest {
  if (typeof (request as Partial<Request> | undefined)?.headers?.get !== 'function') {
    // The response would be given to nobody, and its client wait for ever.
    throw new TypeError(
      'request: must be a web Request; the requests of Express, Fastify and others are for the adapters, such as ' +
        'toExpressHandler(handler) of @token-introspection/server/express',
    )
  }
  return {
    method: request.method,
    header: (name) => request.headers.get(name) ?? undefined,
    readBody: (maxBytes) => readStream(request, maxBytes),
    signal: () => request.signal,
  }
}

/** Plain data as a web `Response`; the answer to HEAD has no body (RFC 9110 §9.3.2), and an empty one has no media type. */
export function toFetchResponse(response: HttpResponse, method: string): Response {
  const body = method === 'HEAD' || response.body === '' ? null : response.body
  return new Response(body, { status: response.status, headers: response.headers as Record<string, string> })
}

async function readStream(request: Request, maxBytes: number): Promise<Uint8Array> {
  if (request.bodyUsed) throw readBefore()
  const declared = request.headers.get('content-length')
  if (Number(declared) > maxBytes) throw tooLarge(maxBytes)
  // Whoever framed the message held it to its length. Read as a whole it costs far less: on some hosts, asking for the
  // stream makes one.
  if (declared !== null && /^\d+$/.test(declared)) return readWhole(request, maxBytes)
  if (request.body?.locked === true) throw readBefore()
  const octets = await readBody(request.body, maxBytes).catch((cause: unknown) => {
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
    // A body that is in somebody's hands is a misuse and says so by its class; what the network did is another.
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
