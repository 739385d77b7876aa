/** Guards for Node's own requests and responses. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Allowance, Guard, GuardRequest } from '../index.ts'

/**
 * A Node request as a guard sees it: from the raw fields, so that a second `Authorization` is seen and not dropped.
 */
export function toGuardRequest(request: IncomingMessage): GuardRequest {
  return {
    headers: {
      get: (name) => request.headersDistinct[name]?.join(', '),
    },
  }
}

/**
 * Puts a guard before a Node request. A refused request is answered here.
 *
 * @returns the token's answer, or `undefined` when the response has been sent.
 *
 * @example
 * ```ts
 * import { createServer } from 'node:http'
 * import type { IntrospectionClient } from '@token-introspection/client'
 * import { requireToken } from '@token-introspection/client/node'
 *
 * export function ordersApi(introspection: IntrospectionClient) {
 *   const mayRead = requireToken(introspection.guard({ audience: 'https://orders.example.com', scope: 'orders:read' }))
 *   return createServer(async (request, response) => {
 *     const token = await mayRead(request, response)
 *     if (token !== undefined) response.end(`orders of ${token.sub}`)
 *   })
 * }
 * ```
 */
export function requireToken<Claims extends object>(
  guard: Guard<Claims>,
): (request: IncomingMessage, response: ServerResponse) => Promise<Allowance<Claims>['token'] | undefined> {
  return async (request, response) => {
    const decision = await guard(toGuardRequest(request))
    if (decision.allowed) return decision.token
    response.writeHead(decision.status, decision.headers)
    response.end(decision.body)
    return undefined
  }
}
