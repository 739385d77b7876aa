/** A `send` over `fetch`: for runtimes without a better client, and for a `fetch` of the application. */
import { readBody } from '@token-introspection/core/read-body'
import { ResponseMalformedError } from '../errors.ts'
import { isEventStream, NO_OCTETS } from './is-event-stream.ts'
import type { Send, SendStream, Transport, TransportReply, TransportRequest } from './transport.ts'
import { unreachable } from './unreachable.ts'

/** The part of `fetch` that is used. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>

/** A transport over a `fetch`. The deadline applies even when the function ignores its signal. */
export function fetchTransport(fetch: Fetch): Transport & { readonly stream: SendStream } {
  const [send, stream] = [fetchSend(fetch), fetchStream(fetch)]
  return {
    send: (request) => request.cancellation.race(send(request)),
    stream: (request) => request.cancellation.race(stream(request)),
    close: () => Promise.resolve(),
  }
}

/** Sends through a `fetch`. */
export function fetchSend(fetch: Fetch): Send {
  return async (request) => {
    const response = await ask(fetch, request)
    return { ...headOf(response), body: await readReply(response, request) } satisfies TransportReply
  }
}

/** Sends through a `fetch`, and gives the body of an event stream as it comes. */
function fetchStream(fetch: Fetch): SendStream {
  return async (request) => {
    const response = await ask(fetch, request)
    const head = headOf(response)
    if (response.body === null || !isEventStream(head)) return { ...head, body: await readReply(response, request) }
    const { signal } = request.cancellation
    if (signal.aborted) {
      // A `fetch` that ignores its signal came too late: nobody will read this stream.
      void response.body.cancel().catch(() => undefined)
      throw signal.reason
    }
    return { ...head, body: NO_OCTETS, chunks: octetsOf(response.body, request.url) }
  }
}

function headOf(response: Response): Omit<TransportReply, 'body'> {
  return {
    // A runtime that hides a refused redirect reports status 0.
    status: response.type === 'opaqueredirect' ? 302 : response.status,
    header: (name) => response.headers.get(name) ?? undefined,
  }
}

/** Not a generator, because `return()` of a generator waits for the octets that `next()` waits for. */
function octetsOf(body: ReadableStream<Uint8Array>, url: string): AsyncIterable<Uint8Array> {
  const reader = body.getReader()
  return {
    [Symbol.asyncIterator]: () => ({
      async next() {
        try {
          const { done, value } = await reader.read()
          return done ? { done, value: undefined } : { done, value }
        } catch (cause) {
          throw unreachable(url, cause)
        }
      },
      return() {
        // Not awaited, because a sender may ignore it.
        reader.cancel().catch(() => undefined)
        return Promise.resolve({ done: true, value: undefined })
      },
    }),
  }
}

async function ask(fetch: Fetch, request: TransportRequest): Promise<Response> {
  const { method, headers, body } = request
  try {
    return await fetch(request.url, {
      method,
      headers,
      redirect: 'manual',
      signal: request.cancellation.signal,
      ...(body !== undefined && { body }),
    })
  } catch (cause) {
    throw unreachable(request.url, cause)
  }
}

async function readReply(response: Response, { url, maxResponseBytes }: TransportRequest): Promise<Uint8Array> {
  const octets = await readBody(response.body, maxResponseBytes).catch((cause: unknown) => {
    throw unreachable(url, cause)
  })
  if (octets === undefined) throw new ResponseMalformedError(`the answer has more than ${maxResponseBytes} octets`)
  return octets
}
