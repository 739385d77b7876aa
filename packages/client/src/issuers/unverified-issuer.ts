/** Reads the issuer that a JWT names, before anything is verified (RFC 8725 §3.8). */
import { looksLikeJwt } from '../jwt/looks-like-jwt.ts'
import { parseJwt } from '../jwt/parse-jwt.ts'

/** A token that looks like a JWT. `iss` is `undefined` when it has none, or when parsers could read it differently. */
export interface UnverifiedJwt {
  readonly iss: string | undefined
}

/**
 * Reads the issuer of a JWT; `undefined` for an opaque token. A token that looks like a JWT counts as one, whatever its
 * other parts are. So a broken JWT never counts as opaque and never goes to a server that it does not name.
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
