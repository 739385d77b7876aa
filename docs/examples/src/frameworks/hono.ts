/** An API in Hono. The same code runs on Node, Bun, Deno and Workers. */
import { honoGuard } from '@token-introspection/client/hono'
import { Hono } from 'hono'
import { runExample } from '../checks/run-example.ts'

process.exitCode = await runExample(async ({ as, introspection, expect }) => {
  const mayRead = honoGuard(introspection.guard({ scope: 'orders:read' }))
  const mayWrite = honoGuard(introspection.guard({ scope: 'orders:write', maxAuthenticationAgeSeconds: 300 }))
  const app = new Hono()
    .get('/orders', mayRead, (context) => context.json({ orders: ['1 book'], for: context.var.auth.sub }))
    .post('/orders', mayWrite, (context) => context.json({ saved: true }))

  const authorization = `Bearer ${await as.issueToken({ scope: 'orders:read orders:write', auth_time: 0 })}`
  expect('no token, no orders', (await app.request('/orders')).status, 401)
  const orders = await app.request('/orders', { headers: { authorization } })
  expect('a token, orders', await orders.json(), { orders: ['1 book'], for: 'alice' })
  const saved = await app.request('/orders', { method: 'POST', headers: { authorization } })
  expect('saving requires a recent login', saved.status, 401)
  const challenge = saved.headers.get('www-authenticate') ?? ''
  expect('the challenge says so', challenge.includes('insufficient_user_authentication'), true)
})
