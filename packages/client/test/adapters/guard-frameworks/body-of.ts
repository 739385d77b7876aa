/** The body of the request, read from the place where the framework or a parser left it. */
import type { IncomingMessage } from 'node:http'
import { text } from 'node:stream/consumers'

export async function bodyOf(request: IncomingMessage & { body?: unknown }): Promise<string> {
  return request.readableDidRead ? JSON.stringify(request.body) : text(request)
}
