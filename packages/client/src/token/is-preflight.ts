/** Recognizes CORS preflights. */
import type { GuardRequest } from './guard-request.ts'

/**
 * Whether a request is a CORS preflight: `OPTIONS` with `Origin` and `Access-Control-Request-Method`. Browsers send it
 * without credentials, so a guard must not challenge it. Every adapter answers a preflight with 204 and no CORS
 * permission, or passes it to the handler when the option `passPreflights` is `true`.
 *
 * Security: anybody can send a preflight. Do not answer one with data.
 *
 * @example
 * ```ts
 * import { type Guard, isPreflight } from '@token-introspection/client'
 *
 * export async function gate(request: Request, guard: Guard): Promise<Response | undefined> {
 *   if (isPreflight(request)) return new Response(null, { status: 204 })
 *   const decision = await guard(request)
 *   return decision.allowed ? undefined : decision.toResponse()
 * }
 * ```
 * @see [CORS preflight](https://fetch.spec.whatwg.org/#cors-preflight-request)
 */
export function isPreflight({ method, headers }: Pick<GuardRequest, 'method' | 'headers'>): boolean {
  return method === 'OPTIONS' && isSent(headers.get('origin')) && isSent(headers.get('access-control-request-method'))
}

function isSent(field: string | null | undefined): boolean {
  return field !== undefined && field !== null && field !== ''
}
