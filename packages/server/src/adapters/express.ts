/**
 * The Express form, for Express 4 and 5: Node's own request and response, which is what Express extends. Express has no
 * types of its own, and those in every version of `@types/express` build on Node's.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { HttpHandler } from '../index.ts'
import { toNodeHandler } from './node.ts'

/**
 * Turns a handler into a request handler for `app.all` or `app.use`, under any base path.
 *
 * Mounted behind `express.urlencoded()` it takes the form from `request.body`; mounted before, or without it, it reads
 * the body itself, with its own cap. A parser that refuses a body answers in its own words, so mounting before is
 * better. Use `app.all`: with `app.post`, Express answers other methods with 404 instead of 405.
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
 */
export function toExpressHandler(
  handler: Pick<HttpHandler, 'handle'>,
): (request: IncomingMessage, response: ServerResponse) => void {
  return toNodeHandler(handler)
}
