/** A `send` over `fetch`: for runtimes without a better client, and for a `fetch` of the application. */
import { readBody } from '@token-introspection/core/read-body'
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
      // A runtime that hides a refused redirect reports status 0.
      status: response.type === 'opaqueredirect' ? 302 : response.status,
      header: (name) => response.headers.get(name) ?? undefined,
      body: await readReply(response, request),
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

async function readReply(response: Response, { url, maxResponseBytes }: TransportRequest): Promise<Uint8Array> {
  const octets = await readBody(response.body, maxResponseBytes).catch((cause: unknown) => {
    throw unreachable(url, cause)
  })
  if (octets === undefined) throw new ResponseMalformedError(`the answer has more than ${maxResponseBytes} octets`)
  return octets
}
