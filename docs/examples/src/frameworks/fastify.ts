/** An API in Fastify: every route is guarded unless it says otherwise. */
import { tokenGuards } from '@token-introspection/client/fastify'
import Fastify from 'fastify'
import { runExample } from '../checks/run-example.ts'

process.exitCode = await runExample(async ({ as, introspection, expect }) => {
  const app = Fastify()
  await app.register(tokenGuards, { guard: introspection.guard({ scope: 'orders:read' }) })
  app.get('/health', { config: { auth: false } }, () => ({ well: true }))
  app.get('/orders', (request) => ({ orders: ['1 book'], for: request.auth?.sub }))
  app.post('/orders', { config: { auth: introspection.guard({ scope: 'orders:write' }) } }, () => ({ saved: true }))

  const authorization = `Bearer ${await as.issueToken({ scope: 'orders:read' })}`
  expect('health needs no token', (await app.inject('/health')).statusCode, 200)
  expect('orders need a token', (await app.inject('/orders')).statusCode, 401)
  const orders = await app.inject({ url: '/orders', headers: { authorization } })
  expect('orders with a token', orders.json(), { orders: ['1 book'], for: 'alice' })
  const saved = await app.inject({ method: 'POST', url: '/orders', headers: { authorization } })
  expect('saving requires another scope', saved.statusCode, 403)
  await as.stop()
  const outage = await app.inject({ url: '/orders', headers: { authorization } })
  expect('an outage does not count as a bad token', outage.statusCode, 503)
  await as.start()
  await app.close()
})
