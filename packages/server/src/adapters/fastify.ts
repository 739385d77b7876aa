/** The Fastify form: a plugin with one route, in a scope where no other content type parser reads the body first. */
import type { Readable } from 'node:stream'
import { isPromise } from '@token-introspection/core/maybe-promise'
import type { FastifyPluginCallback, FastifyReply, FastifyRequest } from 'fastify'
import type { HttpHandler, HttpResponse } from '../index.ts'
import { type NodeRequest, onceArrived, toHttpRequest } from './node-request.ts'
import { sendAnswer } from './send-answer.ts'

/** Options of the plugin, beside those Fastify takes itself, such as `prefix`. */
export interface IntrospectionRouteOptions {
  /** Where the endpoint is, below the `prefix`. */
  readonly path: string
}

/**
 * Turns a handler into a plugin for `app.register`. Its route answers every method, so that GET gets 405 and not 404.
 *
 * Content type parsers of the application stay as they are and are not used for this route: the handler reads the body
 * itself, with its own cap, and refuses other media types in its own words. Hooks of the application do run. A sender
 * who is still sending when the answer is known gets it past the `onSend` hooks, and the connection is closed.
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
 */
export function toFastifyPlugin(
  handler: Pick<HttpHandler, 'handle'>,
): FastifyPluginCallback<IntrospectionRouteOptions> {
  function respond({ raw, body }: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> | undefined {
    const message = toHttpRequest(raw, reply.raw, {}, (body as Readable) ?? raw)
    const answering = handler.handle(message)
    if (isPromise(answering)) return answering.then((answer) => send(answer, message, reply))
    // Fastify would await the reply if it were returned.
    send(answering, message, reply)
    return undefined
  }
  return (app, { path }, done) => {
    app.removeAllContentTypeParsers()
    // Leaves the body unread: how much of it is read is up to the handler.
    app.addContentTypeParser('*', (request, payload, parsed) => {
      onceArrived(request.raw, () => parsed(null, payload))
    })
    // Fastify refuses a malformed media type before it looks for a parser.
    app.setErrorHandler((error: Error & { code?: unknown }, request, reply) => {
      if (error.code !== 'FST_ERR_CTP_INVALID_MEDIA_TYPE') throw error
      return respond(request, reply)
    })
    app.all(path, respond)
    done()
  }
}

function send({ status, headers, body }: HttpResponse, message: NodeRequest, reply: FastifyReply): FastifyReply {
  const { raw } = reply.request
  if (message.isStillSending()) {
    reply.hijack()
    sendAnswer({ status, headers, body }, raw, reply.raw, true)
    return reply
  }
  reply.code(status).headers({ ...headers, 'content-length': String(Buffer.byteLength(body)) })
  // Nothing rather than an empty text, because Fastify gives that a media type. Text with a serializer of its own, because
  // Fastify adds a charset to other JSON. Octets would be written apart from the head, which costs more.
  return raw.method === 'HEAD' || body === '' ? reply.send() : reply.serializer(asItIs).send(body)
}

function asItIs(body: string): string {
  return body
}
