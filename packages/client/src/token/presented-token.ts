/** Step `token`: the token of a request that a guard has let pass, for code that uses it further. */
import { extractToken } from './extract-token.ts'
import type { GuardRequest } from './guard-request.ts'

const HEADER_ALONE = Object.freeze({ dpop: true, form: false, query: false })

/**
 * The token in the `Authorization` field of a request, for example for {@link IntrospectionClient.watch}. It does not
 * check the token: call it after a guard has let the request pass.
 *
 * @param request - a web `Request`, or the request that an adapter passes to a guard.
 * @returns the token without its scheme, `Bearer` or `DPoP`; `undefined` when there is none, or more than one.
 *
 * @example
 * ```ts
 * import { presentedToken } from '@token-introspection/client'
 *
 * const request = new Request('https://api.example.com', { headers: { authorization: 'Bearer 2YotnFZFEjr1zCsicMWpAA' } })
 * presentedToken(request) // '2YotnFZFEjr1zCsicMWpAA'
 * ```
 */
export function presentedToken(request: GuardRequest): string | undefined {
  const presented = extractToken(request, HEADER_ALONE, undefined)
  return presented.kind === 'token' ? presented.token : undefined
}
