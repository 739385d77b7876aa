/** The Koa form: sets the answer on the context, so that surrounding middleware sees it and can extend it. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { HttpHandler } from '../index.ts'
import { type ParsedBody, toHttpRequest } from './node-request.ts'
import { requireHandler } from './require-handler.ts'
import { sendAnswer } from './send-answer.ts'
import { toReadable } from './to-readable.ts'

/** The parts of Koa's context that this module uses. Koa has no types of its own. */
export interface KoaContext {
  readonly req: IncomingMessage
  readonly res: ServerResponse
  /** Body parsers set `body` and `rawBody`. */
  readonly request: { readonly req: IncomingMessage; readonly body?: unknown; readonly rawBody?: unknown }
  respond?: boolean | undefined
  status: number
  body: unknown
  set(fields: { [name: string]: string }): void
  remove(field: string): void
}

/**
 * Turns a handler into a middleware that never calls `next`. Koa has no routes of its own, so put it behind a router, or check
 * `context.path`.
 *
 * After `koa-bodyparser` it takes the body from `context.request`. Otherwise it reads the body itself, within its own limit. If
 * the answer is ready while the sender is still sending, it bypasses Koa, because Koa would read the rest of any length.
 *
 * @example
 * ```ts
 * import type { IntrospectionHandler } from '@token-introspection/server'
 * import { toKoaMiddleware } from '@token-introspection/server/koa'
 * import Koa from 'koa'
 *
 * export function serve(introspection: IntrospectionHandler) {
 *   const introspect = toKoaMiddleware(introspection)
 *   const app = new Koa()
 *   app.use((context, next) => (context.path === '/introspect' ? introspect(context) : next()))
 *   return app.listen(8080)
 * }
 * ```
 *
 * @throws TypeError when it is not such a handler.
 */
export function toKoaMiddleware(handler: Pick<HttpHandler, 'handle'>): (context: KoaContext) => Promise<void> {
  requireHandler(handler)
  return async (context) => {
    const request = toHttpRequest(context.req, context.res, parsedBodyOf(context))
    const answer = await handler.handle(request)
    context.status = answer.status
    context.set({ ...answer.headers })
    context.body = answer.stream === undefined ? answer.body : toReadable(answer.stream, context.req, context.res)
    // Koa adds a media type to an answer without one.
    if (answer.body === '' && answer.stream === undefined) context.remove('content-type')
    if (answer.stream === undefined && request.isStillSending()) {
      context.respond = false
      sendAnswer(answer, context.req, context.res, true)
    }
  }
}

/** Most parsers set the body on the request of Koa, and some on that of Node. */
function parsedBodyOf({ request, req }: KoaContext): ParsedBody {
  return request.body === undefined && request.rawBody === undefined ? (req as ParsedBody) : request
}
