/** Step `jwt`: tells JWTs from opaque tokens by what is in them, not by counting dots (RFC 8725bis §3.14). */

/** Wider than what a JWT may have, so that one that is only written wrongly is not sent on as an opaque token. */
const THREE_PARTS = /^([\w+/-]+)=*\.[\w+/-]+=*\.[\w+/=-]*$/

/**
 * Whether a token is to be taken for a JWT: its first part is a JSON object with `alg`. It says nothing about whether it is
 * a good one, or one at all; what is broken further on is not sent anywhere either. An encrypted JWT is opaque to whoever
 * has no key for it.
 */
export function looksLikeJwt(token: string): boolean {
  const header = THREE_PARTS.exec(token)?.[1]
  if (header === undefined) return false
  try {
    // Whichever of two equal names is read, and in whatever base64.
    const value: unknown = JSON.parse(atob(header.replaceAll('-', '+').replaceAll('_', '/')))
    return typeof (value as { alg?: unknown } | null)?.alg === 'string'
  } catch {
    return false
  }
}
