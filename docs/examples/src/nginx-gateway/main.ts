/**
 * Starts an authorization server, an API that knows nothing of tokens, and a real nginx before it, and calls the API through
 * nginx: `node docs/examples/src/nginx-gateway/main.ts`. `nginx` must be on the path.
 */
import { createServer } from 'node:http'
import { findFreePort } from '../../../../packages/core/test/find-free-port.ts'
import { runExample } from '../checks/run-example.ts'
import { send } from '../checks/send.ts'
import { waitFor } from '../checks/wait-for.ts'
import { listen, stop } from '../demo/listen.ts'
import { createAuthorizer } from './authorizer.ts'
import { startNginx } from './start-nginx.ts'

process.exitCode = await runExample(async ({ as, introspection, expect }) => {
  const reached: (string | undefined)[] = []
  const api = createServer(({ url, headers }, response) => {
    reached.push(url)
    const { 'x-auth-subject': subject, 'x-auth-scope': scope, authorization } = headers
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify({ subject, scope, hasToken: authorization !== undefined }))
  })
  const authorizer = createAuthorizer(introspection.guard({ scope: 'orders:read', realm: 'orders' }))
  const ports = {
    gateway: await findFreePort(),
    authorizer: (await listen(authorizer, 0)).port,
    api: (await listen(api, 0)).port,
  }
  const stopNginx = startNginx(ports)
  const orders = `http://127.0.0.1:${ports.gateway}/orders`
  expect('nginx answers', await waitFor(async () => (await send(orders)).status === 401), true)
  expect('and the API has got no request', reached, [])

  const token = await as.issueToken()
  const seen = { subject: 'alice', scope: 'orders:read', hasToken: false }
  expect('the API learns who calls, and gets no token', (await send(orders, { token })).body, seen)
  const forged = await send(orders, { token, headers: { 'x-auth-subject': 'admin' } })
  expect('a sender cannot choose who it is', forged.body, seen)

  const { status, challenge } = await send(orders)
  expect('without a token, nginx sends the challenge of the guard', [status, challenge], [401, 'Bearer realm="orders"'])
  const weak = await send(orders, { token: await as.issueToken({ scope: 'orders:list' }) })
  expect(
    'with too little scope as well',
    [weak.status, weak.challenge],
    [403, 'Bearer realm="orders", error="insufficient_scope", scope="orders:read"'],
  )
  await as.revokeToken(token)
  expect('a revoked token is refused', (await send(orders, { token })).status, 401)
  await as.stop()
  expect('an outage does not count as a bad token', (await send(orders, { token })).status, 503)
  await as.start()
  expect('the API has got the two good requests alone', reached, ['/orders', '/orders'])

  await stopNginx()
  await Promise.all([stop(authorizer), stop(api)])
})
