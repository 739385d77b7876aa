/** Starts an authorization server, and the API in workerd: `node docs/examples/src/hono-worker/main.ts`. */
import { findFreePort } from '../../../../packages/core/test/find-free-port.ts'
import { runExample } from '../checks/run-example.ts'
import { send } from '../checks/send.ts'
import { waitFor } from '../checks/wait-for.ts'
import { ORDERS_API } from '../demo/authorization-server.ts'
import { startWorker } from './start-worker.ts'

process.exitCode = await runExample(async ({ as, introspections, expect }) => {
  const port = await findFreePort()
  const worker = await startWorker(port, { ISSUER: as.issuer, CLIENT_SECRET: ORDERS_API.secret })
  const origin = `http://127.0.0.1:${port}`
  const orders = `${origin}/orders`
  expect('the worker becomes ready', await waitFor(async () => (await send(`${origin}/ready`)).status === 204), true)

  introspections.length = 0
  const token = await as.issueToken()
  expect('orders need a token', (await send(orders)).status, 401)
  expect('with a token they come', (await send(orders, { token })).body, { orders: ['1 book'], for: 'alice' })
  expect('the isolate remembers the answer', [(await send(orders, { token })).status, introspections.length], [200, 1])
  const saved = await send(orders, { method: 'POST', token })
  expect(
    'saving requires another scope',
    [saved.status, saved.challenge],
    [403, 'Bearer realm="protected resource", error="insufficient_scope", scope="orders:write"'],
  )
  await as.stop()
  expect('an outage does not count as a bad token', (await send(orders, { token: 'unknown' })).status, 503)
  await as.start()
  await worker.stop()
})
