/** Writes an answer of the pipeline to the response of Node, even if the sender is still sending its body. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { HttpResponse } from '../index.ts'
import { openForNobody, sendStream } from './send-stream.ts'

/** After an early answer, the octets to read at most from the sender, and the longest time to read them, in milliseconds. */
const DRAIN_BYTES = 1_048_576
const DRAIN_MS = 1000

/**
 * Writes an answer. An error meanwhile, for example from a `writeHead` that middleware wrapped, ends the connection and not the
 * process.
 *
 * @param isEarly - whether the sender is still sending.
 */
export function sendAnswer(
  answer: HttpResponse,
  request: IncomingMessage,
  response: ServerResponse,
  isEarly: boolean,
): void {
  if (response.destroyed || response.headersSent) return openForNobody(answer.stream)
  try {
    const body = request.method === 'HEAD' ? '' : answer.body
    const headers: Record<string, string> = { ...answer.headers }
    if (answer.stream === undefined) headers['content-length'] = String(Buffer.byteLength(answer.body))
    // HTTP/2 has no such field: the stream ends, and the connection stays open.
    if (isEarly && request.httpVersionMajor < 2) headers['connection'] = 'close'
    const written: unknown = response.writeHead(answer.status, headers)
    // A wrapped `writeHead` may return nothing, or a promise.
    if (written instanceof Promise) {
      written.then(() => finish(answer, body, request, response, isEarly)).catch(() => abandon(response))
    } else finish(answer, body, request, response, isEarly)
  } catch {
    abandon(response)
  }
}

function finish(
  { stream }: HttpResponse,
  body: string,
  request: IncomingMessage,
  response: ServerResponse,
  isEarly: boolean,
): void {
  // A wrapped `writeHead` may have ended the response. Writing to an ended response causes an error event.
  if (response.writableEnded || response.destroyed) return openForNobody(stream)
  if (stream !== undefined) sendStream(stream, request, response)
  else if (isEarly) finishEarly(body, request, response)
  else response.end(body)
}

/** Closes the connection, so that it does not hang. */
export function abandon(response: ServerResponse): void {
  try {
    response.destroy()
  } catch {}
}

function finishEarly(body: string, request: IncomingMessage, response: ServerResponse): void {
  response.flushHeaders()
  if (body !== '') response.write(body)
  // Node closes the connection when the response ends. With unread octets that would reset it before the answer arrives.
  drain(request, () => end(response))
}

function end(response: ServerResponse): void {
  try {
    response.end()
  } catch {
    abandon(response)
  }
}

/** Reads the rest of the body within the limits, and then calls `done` once. */
function drain(request: IncomingMessage, done: () => void): void {
  let drained = 0
  const timer = setTimeout(stop, DRAIN_MS)
  function stop(): void {
    clearTimeout(timer)
    request.off('data', onData).off('end', stop).off('close', stop)
    done()
  }
  function onData(chunk: Buffer): void {
    drained += chunk.length
    if (drained > DRAIN_BYTES) stop()
  }
  request
    .on('data', onData)
    .on('end', stop)
    .on('close', stop)
    .on('error', () => undefined)
    .resume()
}
