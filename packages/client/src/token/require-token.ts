/** Step `token`: the argument of calls that take a token. */
import { sayKind } from '@token-introspection/core/options'

/** @throws TypeError when the argument is not text. It is not quoted. */
export function requireToken(token: unknown): asserts token is string {
  if (typeof token === 'string') return
  throw new TypeError(
    `token: must be a string, not ${sayKind(token)}. A guard reads the token from a request by itself`,
  )
}
