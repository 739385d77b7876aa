/** Reads the JSON-RPC message in the body of a request to an MCP server, up to a limit. */
import type { IncomingMessage } from 'node:http'
import { readBody } from '@token-introspection/core/read-body'

/** The response to a request whose message cannot be judged, as plain data. */
export interface McpFault {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** A message, or the response that refuses it. */
export type ReadMcpMessage =
  | { readonly message: Readonly<Record<string, unknown>>; readonly octets?: Uint8Array | undefined }
  | { readonly fault: McpFault }

/** How much of a body is read, and for how long. */
export interface McpBodyLimits {
  readonly maxBytes: number
  /** Milliseconds for the whole body. */
  readonly timeoutMs: number
}

/** The body of a request: its octets, or what a parser before the guard has made of it. */
export type McpBody = { readonly octets: Uint8Array } | { readonly parsed: unknown } | { readonly fault: McpFault }

/** Codes of JSON-RPC. */
const PARSE_ERROR = -32_700
const INVALID_REQUEST = -32_600
export const INVALID_PARAMS = -32_602
const SERVER_ERROR = -32_000

/** Makes the response, in the form of the transport. */
export function mcpFault(status: number, code: number, message: string, id: unknown = null): McpFault {
  const named = typeof id === 'string' || Number.isFinite(id) ? id : null
  return {
    status,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
    body: JSON.stringify({ jsonrpc: '2.0', error: { code, message }, id: named }),
  }
}

/** The single message of a body. A batch is refused, because revisions since 2025-06-18 have none. */
export function readMcpMessage(body: McpBody): ReadMcpMessage {
  if ('fault' in body) return body
  const parsed = 'octets' in body ? parse(body.octets) : body.parsed
  if (parsed === undefined) return { fault: mcpFault(400, PARSE_ERROR, 'Parse error: the body is not JSON in UTF-8') }
  if (!isMessage(parsed)) {
    return {
      fault: mcpFault(400, INVALID_REQUEST, 'Invalid Request: the body must be one JSON-RPC message, not a batch'),
    }
  }
  return { message: parsed, ...('octets' in body && { octets: body.octets }) }
}

/** Reads a copy of the body of a web request, which stays readable. */
export async function readWebBody(request: Request, { maxBytes, timeoutMs }: McpBodyLimits): Promise<McpBody> {
  if (request.bodyUsed || request.body?.locked === true) throw new TypeError(READ_BEFORE)
  if (isEncoded(request.headers.get('content-encoding'))) return ENCODED
  const late = new AbortController()
  const timer = setTimeout(() => late.abort(), timeoutMs)
  try {
    const octets = await readBody(request.clone().body, maxBytes, late.signal)
    return octets === undefined ? tooLarge(maxBytes) : { octets }
  } catch {
    return late.signal.aborted ? TOO_LATE : BROKEN_OFF
  } finally {
    clearTimeout(timer)
  }
}

/** Reads the body of a Node request, or takes what a parser has left in `request.body`. */
export async function readNodeBody(
  request: IncomingMessage & { readonly body?: unknown },
  limits: McpBodyLimits,
): Promise<McpBody> {
  const { body } = request
  if (request.readableEnded) {
    if (typeof body === 'string') return { octets: new TextEncoder().encode(body) }
    if (body instanceof Uint8Array) return { octets: body }
    if (body === undefined) throw new TypeError(READ_BEFORE)
    return { parsed: body }
  }
  // The sender left while the token was judged, and no event will tell that any more.
  if (request.destroyed) return BROKEN_OFF
  // A parser that has left the body alone may have set `request.body` all the same, and the transport would read the stream.
  if (isEncoded(request.headers['content-encoding'])) return ENCODED
  return await readStream(request, limits)
}

/** Listens and does not iterate: leaving a loop would close the connection before the answer is sent. */
function readStream(request: IncomingMessage, { maxBytes, timeoutMs }: McpBodyLimits): Promise<McpBody> {
  return new Promise((resolve) => {
    const chunks: Uint8Array[] = []
    let length = 0
    const settle = (body: McpBody): void => {
      clearTimeout(timer)
      request.off('data', onData).off('end', onEnd).off('close', onClose).off('error', onClose)
      resolve(body)
    }
    const stop = (fault: McpBody): void => {
      settle(fault)
      request.pause()
    }
    // An exception in a listener would end the process.
    const onData = (chunk: unknown): void => {
      const octets = toOctets(chunk, request.readableEncoding)
      if (octets === undefined) return stop(BROKEN_OFF)
      length += octets.byteLength
      if (length <= maxBytes) chunks.push(octets)
      else stop(tooLarge(maxBytes))
    }
    const onEnd = (): void => settle({ octets: Buffer.concat(chunks, length) })
    const onClose = (): void => settle(BROKEN_OFF)
    const timer = setTimeout(() => stop(TOO_LATE), timeoutMs)
    request.on('data', onData).on('end', onEnd).on('close', onClose).on('error', onClose)
  })
}

/** A chunk as octets. Code before the guard may have given the stream an encoding, and then it makes text. */
function toOctets(chunk: unknown, encoding: BufferEncoding | null): Uint8Array | undefined {
  if (typeof chunk === 'string') return Buffer.from(chunk, encoding ?? 'utf8')
  return ArrayBuffer.isView(chunk) ? Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength) : undefined
}

const READ_BEFORE = 'request: its body was read before the guard; put the guard first, or a JSON parser before it'

const ENCODED: McpBody = Object.freeze({
  fault: mcpFault(415, SERVER_ERROR, 'Unsupported Media Type: the body must have no content encoding'),
})

const BROKEN_OFF: McpBody = Object.freeze({
  fault: mcpFault(400, PARSE_ERROR, 'Parse error: the body broke off'),
})

const TOO_LATE = unfinished(408, 'Request Timeout: the body took too long')

function tooLarge(maxBytes: number): McpBody {
  return unfinished(413, `Request body must not exceed ${maxBytes} bytes`)
}

/** The rest of the body is not read, so the connection cannot be used again. */
function unfinished(status: number, message: string): McpBody {
  const fault = mcpFault(status, SERVER_ERROR, message)
  return { fault: { ...fault, headers: { ...fault.headers, connection: 'close' } } }
}

function isEncoded(field: string | null | undefined): boolean {
  return field !== undefined && field !== null && field.trim().toLowerCase() !== 'identity'
}

/** `undefined` for a text that is not JSON, which itself has no such value. */
function parse(octets: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(octets))
  } catch {
    return undefined
  }
}

/** A request or a notification has a method, and a response has a result or an error. */
function isMessage(parsed: unknown): parsed is Readonly<Record<string, unknown>> {
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) return false
  if (Object.hasOwn(parsed, 'method')) return typeof (parsed as { method: unknown }).method === 'string'
  return Object.hasOwn(parsed, 'result') || Object.hasOwn(parsed, 'error')
}
