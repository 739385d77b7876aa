/** What a JWT says about who issued it, before anybody has verified a word of it (RFC 8725 §3.8). */
import { looksLikeJwt } from '../jwt/looks-like-jwt.ts'
import { parseJwt } from '../jwt/parse-jwt.ts'

/** A JWT by its looks. `iss` is `undefined` where it has none, or none that everybody would read in the same way. */
export interface UnverifiedJwt {
  readonly iss: string | undefined
}

/**
 * Reads the issuer of a JWT; `undefined` when the token is none. What looks like a JWT is one, whatever its other parts are, so
 * that no broken JWT is taken for an opaque token and sent to a server that it does not name.
 */
export function readUnverifiedIssuer(token: string): UnverifiedJwt | undefined {
  if (!looksLikeJwt(token)) return undefined
  try {
    const iss = parseJwt(token)?.claims['iss']
    return { iss: typeof iss === 'string' ? iss : undefined }
  } catch {
    return { iss: undefined }
  }
}
