/** Writes an answer of the pipeline to Node's response, also to a sender who is still sending. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { HttpResponse } from '../index.ts'

/** How much is still taken, and for how long, from a sender whose request was answered early. */
const DRAIN_BYTES = 1_048_576
const DRAIN_MS = 1000

/**
 * Writes an answer. What throws or rejects meanwhile, such as a `writeHead` that somebody wrapped, ends the connection, not the
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
  if (response.destroyed || response.headersSent) return
  try {
    const body = request.method === 'HEAD' ? '' : answer.body
    const headers: Record<string, string> = {
      ...answer.headers,
      'content-length': String(Buffer.byteLength(answer.body)),
    }
    // HTTP/2 has no such field: there the stream ends, and the connection stays.
    if (isEarly && request.httpVersionMajor < 2) headers['connection'] = 'close'
    const written: unknown = response.writeHead(answer.status, headers)
    // Somebody's `writeHead` may return nothing, or a promise.
    if (written instanceof Promise) {
      written.then(() => finish(body, request, response, isEarly)).catch(() => abandon(response))
    } else finish(body, request, response, isEarly)
  } catch {
    abandon(response)
  }
}

function finish(body: string, request: IncomingMessage, response: ServerResponse, isEarly: boolean): void {
  // Somebody may have ended it meanwhile, as a wrapped `writeHead` may: what is written after that is an error event.
  if (response.writableEnded || response.destroyed) return
  if (isEarly) finishEarly(body, request, response)
  else response.end(body)
}

/** Gives a connection up, so that it does not hang. */
export function abandon(response: ServerResponse): void {
  try {
    response.destroy()
  } catch {}
}

function finishEarly(body: string, request: IncomingMessage, response: ServerResponse): void {
  response.flushHeaders()
  if (body !== '') response.write(body)
  // Node closes the connection once the response ends, and closing with octets unread resets it under the answer.
  drain(request, () => end(response))
}

function end(response: ServerResponse): void {
  try {
    response.end()
  } catch {
    abandon(response)
  }
}

/** Takes what is still coming, within bounds, then calls back once. */
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
