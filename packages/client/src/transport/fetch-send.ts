/** A `send` over `fetch`: for runtimes with nothing better, and for a `fetch` the user brings. */
import { ResponseMalformedError } from '../errors.ts'
import type { Send, TransportReply, TransportRequest } from './transport.ts'
import { unreachable } from './unreachable.ts'

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
      body: await readBody(response, request),
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
    throw unreachable(request.url, cause)
  }
}

async function readBody(
  response: Response,
  { url, maxResponseBytes: maxBytes }: TransportRequest,
): Promise<Uint8Array> {
  if (response.body === null) return new Uint8Array()
  const reader = response.body.getReader()
  const chunks: Uint8Array[] = []
  let length = 0
  for (;;) {
    const { done, value } = await read(reader, url)
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

async function read(reader: ReadableStreamDefaultReader<Uint8Array>, url: string) {
  try {
    return await reader.read()
  } catch (cause) {
    throw unreachable(url, cause)
  }
}
