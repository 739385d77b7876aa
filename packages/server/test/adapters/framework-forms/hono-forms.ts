/** Hono on Node, and without a server. */
import type { Server } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import { Hono } from 'hono'
import { toHonoHandler } from '../../../src/adapters/hono.ts'
import type { HttpHandler } from '../../../src/index.ts'
import { toWebRequest } from '../../endpoint.ts'
import { type HandlerForm, listen } from '../../path/forms.ts'
import type { FrameworkForm } from './framework-form.ts'

export const honoForms: readonly FrameworkForm[] = [
  { name: 'Hono on Node', web: true, bare: true, start: startHono(() => undefined) },
  {
    name: 'Hono on Node after parseBody',
    web: true,
    start: startHono((app) =>
      app.use(async ({ req }, next) => {
        await req.parseBody()
        await next()
      }),
    ),
  },
]

/** Hono without a server, through its own request function. */
export const honoRequest: HandlerForm = {
  name: 'Hono by app.request',
  async send(handler, request) {
    const response = await honoApp(handler).request(toWebRequest(request))
    return { status: response.status, headers: Object.fromEntries(response.headers), body: await response.text() }
  },
}

export function startHono(prepare: (app: Hono) => unknown) {
  return (handler: HttpHandler): Promise<Server> => {
    const listener = getRequestListener(honoApp(handler, prepare).fetch, { overrideGlobalObjects: false })
    return listen((request, response) => void listener(request, response))
  }
}

function honoApp(handler: HttpHandler, prepare?: (app: Hono) => unknown): Hono {
  const app = new Hono()
  prepare?.(app)
  app.all('/introspect', toHonoHandler(handler))
  return app.route('/oauth2', new Hono().all('/introspect/', toHonoHandler(handler)))
}
