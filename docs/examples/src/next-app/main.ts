/**
 * Calls the route as Next does, with web requests, and an authorization server: `node docs/examples/src/next-app/main.ts`.
 * `pnpm mount:check` builds an application with Next itself, and calls it over HTTP.
 */
import { runExample } from '../checks/run-example.ts'
import { ORDERS_API } from '../demo/authorization-server.ts'

process.exitCode = await runExample(async ({ as, introspections, expect }) => {
  process.env['ISSUER'] = as.issuer
  process.env['ORDERS_API_SECRET'] = ORDERS_API.secret
  const { GET, DELETE } = await import('./app/orders/[id]/route.ts')

  const context = { params: Promise.resolve({ id: '7' }) }
  expect('no token, no order', (await GET(request(), context)).status, 401)
  const token = await as.issueToken()
  const good = await GET(request(token), context)
  expect('a token, an order', await good.json(), { order: '7', for: 'alice' })
  const refused = await DELETE(request(token), context)
  expect('deleting requires another scope', refused.status, 403)
  expect('both guards used one answer', introspections.length, 1)
  const other = await as.issueToken({ aud: 'https://billing.example.com' })
  expect('a token for another API is refused', (await GET(request(other), context)).status, 401)
})

function request(token?: string): Request {
  const headers: HeadersInit = token === undefined ? {} : { authorization: `Bearer ${token}` }
  return new Request('https://orders.example.com/orders/7', { headers })
}
