/**
 * The Express form, for Express 4 and 5. It uses the request and response of Node, which Express extends, because Express has
 * no types of its own, and all versions of `@types/express` build on Node's.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { HttpHandler } from '../index.ts'
import { toNodeHandler } from './node.ts'

/**
 * Turns a handler into a request handler for `app.all` or `app.use`, with any base path.
 *
 * After `express.urlencoded()` it takes the form from `request.body`. Before that parser, or without it, the handler reads the
 * body itself, within its own limit. A parser that refuses a body answers in its own words, so mount the handler before
 * parsers. Use `app.all`: with `app.post`, Express answers other methods with 404 instead of 405.
 *
 * @example
 * ```ts
 * import express from 'express'
 * import type { IntrospectionHandler } from '@token-introspection/server'
 * import { toExpressHandler } from '@token-introspection/server/express'
 *
 * export function serve(introspection: IntrospectionHandler) {
 *   const app = express()
 *   app.all('/introspect', toExpressHandler(introspection))
 *   return app.listen(8080)
 * }
 * ```
 *
 * @throws TypeError when it is not such a handler.
 */
export function toExpressHandler(
  handler: Pick<HttpHandler, 'handle'>,
): (request: IncomingMessage, response: ServerResponse) => void {
  return toNodeHandler(handler)
}
