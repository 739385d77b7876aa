/** A `send` over `fetch`: for runtimes with nothing better, and for a `fetch` the user brings. */
import { ResponseMalformedError, TransportUnreachableError } from '../errors.ts'
import type { Send, TransportReply, TransportRequest } from './transport.ts'
import { withoutOctets } from './without-octets.ts'

/** The part of `fetch` that is used. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>

/** Sends through a `fetch`. */
export function fetchSend(fetch: Fetch): Send {
  return async (request) => {
    const response = await ask(fetch, request)
    return {
      // A runtime that hides a refused redirect gives status 0.
      status: response.type === 'opaqueredirect' ? 302 : response.status,
      header: (name) => response.headers.get(name) ?? undefined,
      body: await readBody(response, request.maxResponseBytes),
    } satisfies TransportReply
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
    const { origin } = new URL(request.url)
    throw new TransportUnreachableError(`no answer from ${origin}`, { cause: withoutOctets(cause) })
  }
}

async function readBody(response: Response, maxBytes: number): Promise<Uint8Array> {
  if (response.body === null) return new Uint8Array()
  const reader = response.body.getReader()
  const chunks: Uint8Array[] = []
  let length = 0
  for (;;) {
    const { done, value } = await read(reader)
    if (done) break
    length += value.byteLength
    if (length > maxBytes) {
      reader.cancel().catch(() => undefined)
      throw new ResponseMalformedError(`the answer has more than ${maxBytes} octets`)
    }
    chunks.push(value)
  }
  const body = new Uint8Array(length)
  let offset = 0
  for (const chunk of chunks) {
    body.set(chunk, offset)
    offset += chunk.byteLength
  }
  return body
}

async function read(reader: ReadableStreamDefaultReader<Uint8Array>) {
  try {
    return await reader.read()
  } catch (cause) {
    throw new TransportUnreachableError('the connection was lost before the answer was complete', {
      cause: withoutOctets(cause),
    })
  }
}
