/** The Node form: converts `IncomingMessage` and `ServerResponse` from and to plain data, without web objects. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { isPromise } from '@token-introspection/core/maybe-promise'
import type { HttpHandler } from '../index.ts'
import { onceArrived, type ParsedBody, toHttpRequest } from './node-request.ts'
import { requireHandler } from './require-handler.ts'
import { abandon, sendAnswer } from './send-answer.ts'

/**
 * Turns a handler into a listener for `node:http`, `node:https`, and every framework that passes on the request and response
 * of Node. It takes a parsed body from `request.body` or `request.rawBody`.
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
 *
 * @throws TypeError when it is not such a handler.
 */
export function toNodeHandler(
  handler: Pick<HttpHandler, 'handle'>,
): (request: IncomingMessage, response: ServerResponse) => void {
  requireHandler(handler)
  function answer(request: IncomingMessage, response: ServerResponse): void {
    const message = toHttpRequest(request, response, request as ParsedBody)
    try {
      const answering = handler.handle(message)
      if (!isPromise(answering)) sendAnswer(answering, request, response, message.isStillSending())
      else {
        answering.then(
          (answered) => sendAnswer(answered, request, response, message.isStillSending()),
          () => abandon(response),
        )
      }
    } catch {
      // `handle` must not throw or reject. If it does, the connection must not hang.
      abandon(response)
    }
  }
  return (request, response) => onceArrived(request, answer, response)
}
