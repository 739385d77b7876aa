/** A route of Next's app router, such as `app/orders/route.ts`. Its handlers take web requests. */
import type { ActiveIntrospectionResult, Guard } from '@token-introspection/client'
import { runExample } from '../checks/run-example.ts'

/** A handler with the introspected token. `context` is the second argument of Next. */
type TokenHandler<Context> = (
  request: Request,
  token: ActiveIntrospectionResult,
  context: Context,
) => Response | Promise<Response>

/** Puts a guard before a handler: `export const GET = withToken(mayRead, listOrders)`. */
function withToken<Context>(guard: Guard, handler: TokenHandler<Context>) {
  return async (request: Request, context: Context): Promise<Response> => {
    const decision = await guard(request)
    if (!decision.allowed) return decision.toResponse()
    const response = await handler(request, decision.token, context)
    for (const [name, value] of Object.entries(decision.headers)) response.headers.set(name, value)
    return response
  }
}

process.exitCode = await runExample(async ({ as, introspection, expect }) => {
  const mayRead = introspection.guard({ scope: 'orders:read' })
  const GET = withToken<{ params: Promise<{ id: string }> }>(mayRead, async (_request, token, { params }) =>
    Response.json({ order: (await params).id, for: token.sub }),
  )

  const context = { params: Promise.resolve({ id: '7' }) }
  const call = (headers: Record<string, string> = {}) =>
    GET(new Request('https://orders.example.com/orders/7', { headers }), context)
  expect('no token, no order', (await call()).status, 401)
  const good = await call({ authorization: `Bearer ${await as.issueToken()}` })
  expect('a token, an order', await good.json(), { order: '7', for: 'alice' })
  const other = await call({ authorization: `Bearer ${await as.issueToken({ aud: 'https://billing.example.com' })}` })
  expect('but not with a token for another API', other.status, 401)
})
