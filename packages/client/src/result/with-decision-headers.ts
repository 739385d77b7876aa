/** Step `result`: adds the header fields of a decision to a web `Response`. */
import type { OptionalGuardDecision } from './guard-decision.ts'
import { addFields, type FieldAccess, hasFields } from './response-fields.ts'

/**
 * Adds the header fields of a decision to your response: `Cache-Control: private` for a token in a cookie, and the next nonce
 * of DPoP. It keeps what your response says already: `no-store` stays, and `public` becomes `private`.
 *
 * @returns the response itself, or a copy when its header fields cannot be changed, such as that of `fetch` or
 * `Response.redirect`. A switch to another protocol (101) and `Response.error()` are returned as they
 * are.
 *
 * @example
 * ```ts
 * import { type Guard, withDecisionHeaders } from '@token-introspection/client'
 *
 * export function guarded(mayRead: Guard, handle: (request: Request) => Promise<Response>) {
 *   return async (request: Request): Promise<Response> => {
 *     const decision = await mayRead(request)
 *     if (!decision.allowed) return decision.toResponse()
 *     return withDecisionHeaders(await handle(request), decision)
 *   }
 * }
 * ```
 * @see [RFC 6750 §2.3](https://www.rfc-editor.org/rfc/rfc6750.html#section-2.3)
 */
export function withDecisionHeaders(response: Response, { headers }: Pick<OptionalGuardDecision, 'headers'>): Response {
  if (!hasFields(headers) || response.status < FIRST_FINAL_STATUS) return response
  try {
    addFields(headers, response, ACCESS)
    return response
  } catch {
    const copy = new Response(response.body, response)
    addFields(headers, copy, ACCESS)
    return copy
  }
}

/** Below it are a switch to another protocol (101), to which platforms attach a socket, and `Response.error()`. Neither can be copied. */
const FIRST_FINAL_STATUS = 200

const ACCESS: FieldAccess<Response> = {
  get: (response, name) => response.headers.get(name),
  set: (response, name, value) => response.headers.set(name, value),
}
