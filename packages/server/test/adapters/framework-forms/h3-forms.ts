/** h3 on Node, with its web `Request` and as middleware. */
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { fromNodeHandler, H3, toNodeHandler as toH3Listener } from 'h3'
import { toNodeHandler } from '../../../src/adapters/node.ts'
import type { HttpHandler } from '../../../src/index.ts'
import { listen } from '../../path/forms.ts'
import type { FrameworkForm } from './framework-form.ts'

export const h3Forms: readonly FrameworkForm[] = [
  { name: 'h3 on Node', web: true, bare: true, start: startH3(() => undefined) },
  { name: 'h3 on Node by fromNodeHandler', bare: true, start: startH3Middleware },
]

/** h3 with the web `Request` that it provides. */
export function startH3(prepare: (app: H3) => unknown) {
  return (handler: HttpHandler): Promise<Server> => {
    const app = new H3({ silent: true })
    prepare(app)
    app.all('/introspect', ({ req }) => handler(req))
    app.all('/oauth2/introspect/', ({ req }) => handler(req))
    // h3 leaves a large body unread, so only this timeout notices that the sender has disconnected.
    return listen(toH3Listener(app), { keepAliveTimeout: 100, keepAliveTimeoutBuffer: 0 })
  }
}

/** h3 with the handler as middleware. h3 considers a handler with two arguments finished as soon as it returns. */
function startH3Middleware(handler: HttpHandler): Promise<Server> {
  const listener = toNodeHandler(handler)
  const answer = fromNodeHandler((request, response, _next) => {
    listener(request as IncomingMessage, response as ServerResponse)
  })
  return listen(toH3Listener(new H3({ silent: true }).all('/introspect', answer).all('/oauth2/introspect/', answer)))
}
