/** The Node form: `IncomingMessage` and `ServerResponse` around the plain data of the pipeline, no web objects made. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { HttpHandler, HttpResponse } from '../index.ts'
import { isStillSending, type ParsedBody, toHttpRequest } from './node-request.ts'

/** How much is still taken, and for how long, from a sender whose request was answered early. */
const DRAIN_BYTES = 1_048_576
const DRAIN_MS = 1000

/**
 * Turns a handler into a listener for `node:http`, `node:https`, and any framework that hands out Node's own request
 * and response. A body a parser has left on `request.body` or `request.rawBody` is taken from there.
 *
 * @example
 * ```ts
 * import { createServer } from 'node:http'
 * import type { IntrospectionHandler } from '@token-introspection/server'
 * import { toNodeHandler } from '@token-introspection/server/node'
 *
 * export function serve(introspection: IntrospectionHandler) {
 *   const listener = toNodeHandler(introspection)
 *   return createServer((request, response) => {
 *     if (request.url === '/introspect') return listener(request, response)
 *     response.writeHead(404).end()
 *   })
 * }
 * ```
 */
export function toNodeHandler(
  handler: Pick<HttpHandler, 'handle'>,
): (request: IncomingMessage, response: ServerResponse) => void {
  return (request, response) => {
    handler.handle(toHttpRequest(request, response, request as ParsedBody)).then(
      (answer) => send(answer, request, response),
      // `handle` never rejects; if it does all the same, the connection must not hang.
      () => abandon(response),
    )
  }
}

/**
 * Writes an answer. What throws or rejects meanwhile, such as a `writeHead` that somebody wrapped, ends the connection, not the
 * process.
 */
function send(answer: HttpResponse, request: IncomingMessage, response: ServerResponse): void {
  if (response.destroyed || response.headersSent) return
  try {
    const headers = { ...answer.headers, 'content-length': String(Buffer.byteLength(answer.body)) }
    const body = request.method === 'HEAD' ? '' : answer.body
    const isEarly = isStillSending(request)
    // HTTP/2 has no such field: there the stream ends, and the connection stays.
    const closing = isEarly && request.httpVersionMajor < 2 ? { connection: 'close' } : {}
    const finish = isEarly ? () => finishEarly(body, request, response) : () => finishWith(body, response)
    const written: unknown = response.writeHead(answer.status, { ...headers, ...closing })
    // Somebody's `writeHead` may return nothing, or a promise.
    if (written instanceof Promise) written.then(finish).catch(() => abandon(response))
    else finish()
  } catch {
    abandon(response)
  }
}

function abandon(response: ServerResponse): void {
  try {
    response.destroy()
  } catch {}
}

function finishWith(body: string, response: ServerResponse): void {
  if (isOpen(response)) response.end(body)
}

function finishEarly(body: string, request: IncomingMessage, response: ServerResponse): void {
  if (!isOpen(response)) return
  response.flushHeaders()
  if (body !== '') response.write(body)
  // Node closes the connection once the response ends, and closing with octets unread resets it under the answer.
  drain(request, () => end(response))
}

/** Whether nobody has ended the response meanwhile, as a wrapped `writeHead` may: what is written after that is an error event. */
function isOpen(response: ServerResponse): boolean {
  return !response.writableEnded && !response.destroyed
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
