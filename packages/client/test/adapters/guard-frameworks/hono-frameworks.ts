/** Hono on Node, alone and after code that reads the body. */
import { getRequestListener } from '@hono/node-server'
import { type AuthEnv, honoGuard } from '@token-introspection/client/hono'
import { Hono } from 'hono'
import { ASKED_FOR, fieldsBefore } from './fields-before.ts'
import type { GuardedFramework, Start } from './guarded-framework.ts'
import { listen } from './listen.ts'

export const honoFrameworks: readonly GuardedFramework[] = [
  { name: 'Hono', start: startHono(), parsesForms: true, web: true },
  {
    name: 'Hono after text',
    start: startHono((app) =>
      app.use(async (context, next) => {
        await context.req.text()
        await next()
      }),
    ),
    parsesForms: true,
    web: true,
  },
  {
    name: 'Hono after parseBody',
    start: startHono((app) =>
      app.use(async (context, next) => {
        await context.req.parseBody({ all: true }).catch(() => undefined)
        await next()
      }),
    ),
    parsesForms: true,
    web: true,
  },
]

function startHono(prepare: (app: Hono<AuthEnv>) => unknown = () => undefined): Start {
  return (guard, handle, options) => {
    const app = new Hono<AuthEnv>().basePath('/v1')
    app.use(async (context, next) => {
      const fields = fieldsBefore(context.req.header(ASKED_FOR))
      for (const [name, value] of Object.entries(fields)) context.res.headers.set(name, value)
      await next()
    })
    prepare(app)
    app.onError((_, context) => context.text('Internal Server Error', 500))
    app.all('/orders', honoGuard(guard, options), async (context) =>
      context.text(handle(context.get('auth'), await context.req.text())),
    )
    const listener = getRequestListener(app.fetch, { overrideGlobalObjects: false })
    return listen((request, response) => void listener(request, response))
  }
}
