/** Starts an authorization server and the API, and calls the API as its users do: `node docs/examples/src/express-api/main.ts`. */
import { createServer } from 'node:http'
import { runExample } from '../checks/run-example.ts'
import { send } from '../checks/send.ts'
import { waitFor } from '../checks/wait-for.ts'
import { ORDERS_API } from '../demo/authorization-server.ts'
import { listen, stop } from '../demo/listen.ts'
import { createApi } from './api.ts'
import { createIntrospection } from './introspection.ts'

process.exitCode = await runExample(async ({ as, introspections, expect }) => {
  const log: string[] = []
  const keep = (line: string) => void log.push(line)
  const logger = {
    debug: keep,
    info: keep,
    warn: keep,
    error: (_message: string, { code }: { code: string }) => keep(`failed: ${code}`),
  }
  await using introspection = createIntrospection({ issuer: as.issuer, clientSecret: ORDERS_API.secret, logger })
  expect('the API becomes ready', await waitFor(async () => (await introspection.check()).ok), true)
  const server = createServer(createApi(introspection, logger))
  const origin = `http://127.0.0.1:${(await listen(server, 0)).port}`
  const orders = `${origin}/orders`

  expect('anybody may ask whether the API is well', (await send(`${origin}/health`)).status, 200)
  const { status, challenge } = await send(orders)
  expect('orders need a token', [status, challenge], [401, 'Bearer realm="orders"'])

  const alice = await as.issueToken({ scope: 'orders:read orders:write orders:refund', claims: { tenant: 'acme' } })
  const bob = await as.issueToken({ sub: 'bob', scope: 'orders:read', claims: { tenant: 'globex' } })
  introspections.length = 0
  expect('alice of acme orders', (await send(orders, { method: 'POST', token: alice })).status, 201)
  expect('and sees her order', (await send(orders, { token: alice })).body, {
    tenant: 'acme',
    orders: ['order of alice'],
  })
  expect('both calls took one introspection, because the answer is remembered', introspections.length, 1)
  expect('bob of globex sees no order of acme', (await send(orders, { token: bob })).body, {
    tenant: 'globex',
    orders: [],
  })
  expect('bob may not order', await send(orders, { method: 'POST', token: bob }), {
    status: 403,
    challenge: 'Bearer realm="orders", error="insufficient_scope", scope="orders:write"',
    body: { error: 'insufficient_scope' },
  })

  const stray = await as.issueToken({ aud: 'https://billing.example.com', claims: { tenant: 'acme' } })
  expect('a token for another API is refused', (await send(orders, { token: stray })).status, 401)
  const untyped = await as.issueToken({ claims: { tenant: 7 } })
  expect('an answer whose claims do not fit is not believed', (await send(orders, { token: untyped })).status, 502)

  await as.revokeToken(alice)
  expect('alice is remembered for up to a minute after her logout', (await send(orders, { token: alice })).status, 200)
  const refund = await send(`${origin}/refunds`, { method: 'POST', token: alice })
  expect('but gets no refund, because that asks again', refund.status, 401)
  expect('and the fresh answer replaces the remembered one', (await send(orders, { token: alice })).status, 401)

  await as.stop()
  expect('an outage does not count as a bad token', (await send(orders, { token: 'unknown' })).status, 503)
  expect('the log says why', log, [
    'refused GET /orders: token_absent',
    'refused POST /orders: scope, without orders:write',
    'refused GET /orders: token_inactive',
    'failed: ERR_RESPONSE_MALFORMED',
    'refused GET /orders: unavailable',
    'refused POST /refunds: token_inactive',
    'refused GET /orders: token_inactive',
    'failed: ERR_TRANSPORT_UNREACHABLE',
    'refused GET /orders: unavailable',
  ])
  await as.start()
  await stop(server)
})
