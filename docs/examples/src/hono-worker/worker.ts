/** An API in Hono on Workers. */
import { clientSecretBasic, IntrospectionClient } from '@token-introspection/client'
import { honoGuard } from '@token-introspection/client/hono'
import { Hono } from 'hono'

/** The bindings of the worker. */
interface Env {
  readonly ISSUER: string
  readonly CLIENT_SECRET: string
}

/** Secrets come with the first request, so the isolate creates its client then, and keeps it. */
let app: Hono<{ Bindings: Env }> | undefined

function createApp({ ISSUER, CLIENT_SECRET }: Env): Hono<{ Bindings: Env }> {
  const introspection = new IntrospectionClient({
    issuer: ISSUER,
    clientAuthentication: clientSecretBasic('orders-api', CLIENT_SECRET),
    audience: 'https://orders.example.com',
    cache: { maxAgeSeconds: 60 },
    transport: { allowHttpOnLoopback: true }, // for an authorization server on your own machine
  })
  const mayRead = honoGuard(introspection.guard({ scope: 'orders:read' }))
  const mayWrite = honoGuard(introspection.guard({ scope: 'orders:write' }))
  return new Hono<{ Bindings: Env }>()
    .get('/ready', async (context) => context.body(null, (await introspection.check()).ok ? 204 : 503))
    .get('/orders', mayRead, (context) => context.json({ orders: ['1 book'], for: context.var.auth.sub }))
    .post('/orders', mayWrite, (context) => context.json({ saved: true }, 201))
}

export default {
  fetch(request: Request, env: Env): Response | Promise<Response> {
    app ??= createApp(env)
    return app.fetch(request, env)
  },
}
