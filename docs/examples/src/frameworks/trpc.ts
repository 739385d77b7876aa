/** Procedures of tRPC: the guard creates the context, and a middleware requires more scope. */
import type { ActiveIntrospectionResult, Guard } from '@token-introspection/client'
import { initTRPC, TRPCError } from '@trpc/server'
import { fetchRequestHandler } from '@trpc/server/adapters/fetch'
import { runExample } from '../checks/run-example.ts'

const t = initTRPC.context<{ token: ActiveIntrospectionResult }>().create()

/** A procedure for tokens that also have this scope. */
function procedureFor(scope: string) {
  return t.procedure.use(({ ctx, next }) => {
    if (ctx.token.scope?.split(' ').includes(scope) !== true) throw new TRPCError({ code: 'FORBIDDEN' })
    return next()
  })
}

const router = t.router({
  orders: t.procedure.query(({ ctx }) => ({ orders: ['1 book'], for: ctx.token.sub })),
  save: procedureFor('orders:write').mutation(() => ({ saved: true })),
})

/** Runs procedures for allowed requests. Sends a refusal as it is, with its challenge. */
function serve(guard: Guard): (request: Request) => Promise<Response> {
  return async (request) => {
    const decision = await guard(request)
    if (!decision.allowed) return decision.toResponse()
    const createContext = () => ({ token: decision.token })
    return fetchRequestHandler({ endpoint: '/trpc', req: request, router, createContext })
  }
}

process.exitCode = await runExample(async ({ as, introspection, expect }) => {
  const handle = serve(introspection.guard({ scope: 'orders:read' }))
  const call = (method: string, name: string, credentials: Record<string, string> = {}) => {
    const headers = { 'content-type': 'application/json', ...credentials }
    return handle(new Request(`https://orders.example.com/trpc/${name}`, { method, headers }))
  }

  const reader = { authorization: `Bearer ${await as.issueToken()}` }
  const refused = await call('GET', 'orders')
  expect('no token, no procedure', [refused.status, refused.headers.has('www-authenticate')], [401, true])
  const orders = await call('GET', 'orders', reader)
  expect('the context has the token', await orders.json(), { result: { data: { orders: ['1 book'], for: 'alice' } } })
  expect('saving requires another scope', (await call('POST', 'save', reader)).status, 403)
  const writer = { authorization: `Bearer ${await as.issueToken({ scope: 'orders:read orders:write' })}` }
  expect('with that scope it works', (await call('POST', 'save', writer)).status, 200)
})
