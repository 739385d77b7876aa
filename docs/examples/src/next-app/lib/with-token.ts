import { type ActiveIntrospectionResult, type Guard, withDecisionHeaders } from '@token-introspection/client'

/** A handler with the introspected token. `context` is the second argument of Next. */
type TokenHandler<Context> = (
  request: Request,
  token: ActiveIntrospectionResult,
  context: Context,
) => Response | Promise<Response>

/** Puts a guard before a handler: `export const GET = withToken(mayRead, listOrders)`. */
export function withToken<Context>(guard: Guard, handler: TokenHandler<Context>) {
  return async (request: Request, context: Context): Promise<Response> => {
    const decision = await guard(request)
    if (!decision.allowed) return decision.toResponse()
    return withDecisionHeaders(await handler(request, decision.token, context), decision)
  }
}
