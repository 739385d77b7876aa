/** Who is asked about a token: one authorization server, or nobody (RFC 8725 §3.10). */
import { readUnverifiedIssuer } from './unverified-issuer.ts'

/** What is known before a token comes. */
export interface Routes {
  /** Names, by the issuer that stands in JWTs. */
  readonly byIssuer: ReadonlyMap<string, string>
  /** Names, by what opaque tokens begin with. No prefix is the beginning of another. */
  readonly byPrefix: readonly (readonly [prefix: string, name: string])[]
  /** Says who has issued any other opaque token. */
  readonly choose: ((token: string) => string | undefined) | undefined
  /** Who is asked about all other opaque tokens. */
  readonly fallback: string | undefined
  readonly names: ReadonlySet<string>
}

/**
 * The name of the authorization server that is asked about a token; `undefined` when nobody is. The unverified issuer of a
 * JWT is looked up in a list and used for nothing else, and a JWT of anybody else has nowhere to go: tokens are never tried
 * here and there.
 *
 * @throws TypeError when the function of the application names somebody who is not there, and whatever it throws.
 */
export function routeToken(token: string, { byIssuer, byPrefix, choose, fallback, names }: Routes): string | undefined {
  const jwt = readUnverifiedIssuer(token)
  if (jwt !== undefined) return jwt.iss === undefined ? undefined : byIssuer.get(jwt.iss)
  for (const [prefix, name] of byPrefix) {
    if (token.startsWith(prefix)) return name
  }
  if (choose === undefined) return fallback
  const chosen = choose(token)
  if (chosen === undefined || names.has(chosen)) return chosen
  throw new TypeError(`route: must give one of ${[...names].join(', ')}, or undefined`)
}
