/** Step `token`: the token of a request that a guard has let pass, for code that uses it further. */
import { OptionGroup } from '@token-introspection/core/options'
import { extractToken } from './extract-token.ts'
import type { GuardRequest } from './guard-request.ts'
import { resolveSources, type TokenOptions } from './token-options.ts'

const HEADER_ALONE = Object.freeze(resolveSources(new OptionGroup('token', undefined, [])))

/**
 * The token in the `Authorization` field of a request, for example for {@link IntrospectionClient.watch}. It does not
 * check the token: call it after a guard has let the request pass.
 *
 * @param request - a web `Request`, or the request that an adapter passes to a guard.
 * @param places - the options `fields` and `cookie` of the client's `token`, if its guards read tokens there, too.
 * @returns the token without its scheme, `Bearer` or `DPoP`; `undefined` when there is none, or more than one.
 * @throws TypeError that names the option when one of `places` is wrong.
 *
 * @example
 * ```ts
 * import { presentedToken } from '@token-introspection/client'
 *
 * const request = new Request('https://api.example.com', { headers: { authorization: 'Bearer 2YotnFZFEjr1zCsicMWpAA' } })
 * presentedToken(request) // '2YotnFZFEjr1zCsicMWpAA'
 *
 * const ofBrowser = new Request('https://api.example.com', { headers: { cookie: '__Host-token=2YotnFZFEjr1zCsicMWpAA' } })
 * presentedToken(ofBrowser, { cookie: { name: '__Host-token' } }) // '2YotnFZFEjr1zCsicMWpAA'
 * ```
 */
export function presentedToken(
  request: GuardRequest,
  places?: Pick<TokenOptions, 'fields' | 'cookie'>,
): string | undefined {
  const sources =
    places === undefined ? HEADER_ALONE : resolveSources(new OptionGroup('places', places, ['fields', 'cookie']))
  const presented = extractToken(request, { ...sources, dpop: true }, undefined)
  return presented.kind === 'token' ? presented.token : undefined
}
