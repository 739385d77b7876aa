/** The Fastify form: a plugin with one route, in a scope without the content type parsers of the application. */
import type { Readable } from 'node:stream'
import { isPromise } from '@token-introspection/core/maybe-promise'
import type { FastifyPluginCallback, FastifyReply, FastifyRequest } from 'fastify'
import type { HttpHandler, HttpResponse } from '../index.ts'
import { type NodeRequest, onceArrived, toHttpRequest } from './node-request.ts'
import { requireHandler } from './require-handler.ts'
import { sendAnswer } from './send-answer.ts'

/** Options of the plugin, besides those of Fastify itself, such as `prefix`. */
export interface IntrospectionRouteOptions {
  /** The path of the endpoint, below the `prefix`. */
  readonly path: string
}

/**
 * Turns a handler into a plugin for `app.register`. Its route answers every method, so that GET gets 405 and not 404.
 *
 * The route does not use the content type parsers of the application, which stay unchanged. The handler reads the body itself,
 * within its own limit, and refuses other media types itself. Hooks of the application run. If the answer is ready while the
 * sender is still sending, it bypasses the `onSend` hooks, and then the connection closes. Event streams bypass these hooks, too.
 *
 * @example
 * ```ts
 * import type { IntrospectionHandler } from '@token-introspection/server'
 * import { toFastifyPlugin } from '@token-introspection/server/fastify'
 * import Fastify from 'fastify'
 *
 * export async function serve(introspection: IntrospectionHandler) {
 *   const app = Fastify()
 *   await app.register(toFastifyPlugin(introspection), { path: '/introspect' })
 *   return app.listen({ port: 8080 })
 * }
 * ```
 *
 * @throws TypeError when it is not such a handler.
 */
export function toFastifyPlugin(
  handler: Pick<HttpHandler, 'handle'> & { readonly close?: () => void },
): FastifyPluginCallback<IntrospectionRouteOptions> {
  requireHandler(handler)
  function respond({ raw, body }: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> | undefined {
    const message = toHttpRequest(raw, reply.raw, {}, (body as Readable) ?? raw)
    const answering = handler.handle(message)
    if (isPromise(answering)) return answering.then((answer) => send(answer, message, reply))
    // Fastify would await a returned reply.
    send(answering, message, reply)
    return undefined
  }
  return (app, { path }, done) => {
    app.removeAllContentTypeParsers()
    // Leaves the body unread, because the handler decides how much of it to read.
    app.addContentTypeParser('*', (request, payload, parsed) => {
      onceArrived(request.raw, () => parsed(null, payload))
    })
    // Fastify refuses a malformed media type before it looks for a parser.
    app.setErrorHandler((error: Error & { code?: unknown }, request, reply) => {
      if (error.code !== 'FST_ERR_CTP_INVALID_MEDIA_TYPE') throw error
      return respond(request, reply)
    })
    app.all(path, respond)
    const { close } = handler
    if (close !== undefined && hasPreClose(app.version)) {
      // Fastify waits for open streams when it closes.
      app.addHook('preClose', (closed) => {
        close()
        closed()
      })
    }
    done()
  }
}

/** The hook came with Fastify 4.10. Before, streams end at their next sign of life after `close()`. */
function hasPreClose(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  return major > 4 || (major === 4 && minor >= 10)
}

function send(
  { status, headers, body, stream }: HttpResponse,
  message: NodeRequest,
  reply: FastifyReply,
): FastifyReply {
  const { raw } = reply.request
  // Fastify would answer once more when a receiver leaves its stream. What hooks have set so far is kept.
  if (stream !== undefined) {
    reply.hijack()
    for (const [name, value] of Object.entries(reply.getHeaders())) {
      if (value !== undefined) reply.raw.setHeader(name, value)
    }
    sendAnswer({ status, headers, body, stream }, raw, reply.raw, false)
    return reply
  }
  if (message.isStillSending()) {
    reply.hijack()
    sendAnswer({ status, headers, body }, raw, reply.raw, true)
    return reply
  }
  reply.code(status).headers({ ...headers, 'content-length': String(Buffer.byteLength(body)) })
  // An empty answer is sent as nothing, because Fastify gives an empty text a media type. Text has its own serializer, because
  // Fastify adds a charset to other JSON. Octets would be written separately from the head, which costs more.
  return raw.method === 'HEAD' || body === '' ? reply.send() : reply.serializer(asItIs).send(body)
}

function asItIs(body: string): string {
  return body
}
