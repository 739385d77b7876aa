/** Chooses the authorization server for a token, or none (RFC 8725 §3.10). */
import { readUnverifiedIssuer } from './unverified-issuer.ts'

/** The rules, which are known before a token comes. */
export interface Routes {
  /** Names of clients, by the `iss` of JWTs. */
  readonly byIssuer: ReadonlyMap<string, string>
  /** Names of clients, by the prefix of opaque tokens. No prefix is the beginning of another. */
  readonly byPrefix: readonly (readonly [prefix: string, name: string])[]
  /** Names the issuer of any other opaque token. */
  readonly choose: ((token: string) => string | undefined) | undefined
  /** The client that is asked about all other opaque tokens. */
  readonly fallback: string | undefined
  readonly names: ReadonlySet<string>
}

/**
 * The name of the client for a token; `undefined` when there is none. The unverified issuer of a JWT is looked up in a
 * list and used for nothing else. A JWT of an unknown issuer goes to no server: tokens are never tried at several
 * servers.
 *
 * @throws TypeError when the function of the application returns an unknown name; and any error that it throws.
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
  throw new TypeError(`route: must return one of ${[...names].join(', ')}, or undefined`)
}
