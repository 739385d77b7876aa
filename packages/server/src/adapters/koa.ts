/** The Koa form: the answer is set on the context, so that middleware around it sees and may extend it. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { HttpHandler } from '../index.ts'
import { toNodeHandler } from './node.ts'
import { isStillSending, type ParsedBody, toHttpRequest } from './node-request.ts'

/** What is used of Koa's context; Koa has no types of its own. */
export interface KoaContext {
  readonly req: IncomingMessage
  readonly res: ServerResponse
  /** With what body parsers leave on it. */
  readonly request: { readonly req: IncomingMessage; readonly body?: unknown; readonly rawBody?: unknown }
  respond?: boolean | undefined
  status: number
  body: unknown
  set(fields: { [name: string]: string }): void
  remove(field: string): void
}

/**
 * Turns a handler into a middleware, the last one: `next` is not called. Koa has no routes of its own, so put it behind
 * a router or look at `context.path`.
 *
 * Behind `koa-bodyparser` it takes what that left on `context.request`, and otherwise reads the body itself, with its own
 * cap. A sender who is still sending when the answer is known gets it past Koa, which would take the rest however long
 * it is.
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
 */
export function toKoaMiddleware(handler: Pick<HttpHandler, 'handle'>): (context: KoaContext) => Promise<void> {
  return async (context) => {
    const answer = await handler.handle(toHttpRequest(context.req, context.res, parsedBodyOf(context)))
    context.status = answer.status
    context.set({ ...answer.headers })
    context.body = answer.body
    // Koa gives a media type to an answer that has none.
    if (answer.body === '') context.remove('content-type')
    if (isStillSending(context.req)) {
      context.respond = false
      toNodeHandler({ handle: () => Promise.resolve(answer) })(context.req, context.res)
    }
  }
}

/** On Koa's request as a rule; some parsers patch Node's instead. */
function parsedBodyOf({ request, req }: KoaContext): ParsedBody {
  return request.body === undefined && request.rawBody === undefined ? (req as ParsedBody) : request
}
