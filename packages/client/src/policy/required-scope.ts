/** Step `policy`: the scope that a single request needs beside that of its guard. */
import { isScopeToken, parseScope } from '@token-introspection/core'
import { NO_OFFLINE_ACCESS, OFFLINE_ACCESS } from './offline-access.ts'
import type { ScopeRule } from './policy.ts'

/**
 * The rule of a guard with the further scope of a request. A predicate has judged the token before, so only the further scope is left.
 *
 * @param further - scope tokens, as a function of the application gives them.
 * @throws TypeError when they are no scope tokens.
 */
export function withRequiredScope(
  { alternatives, accepts, wanted, enoughFor }: ScopeRule,
  further: unknown,
): ScopeRule {
  if (!Array.isArray(further) || !further.every((token) => typeof token === 'string' && isScopeToken(token))) {
    throw new TypeError('requiredScope: must give an array of scope tokens')
  }
  const tokens = further as readonly string[]
  if (tokens.includes(OFFLINE_ACCESS)) throw new TypeError(`requiredScope: ${NO_OFFLINE_ACCESS}`)
  const enough = tokens.map((token) => enoughFor?.(token) ?? [token])
  const lists = accepts === undefined ? alternatives : [[]]
  return {
    alternatives: lists.map((list) => [...list, ...enough]),
    wanted: [...new Set([...parseScope(wanted), ...tokens])].join(' '),
  }
}
