/** Tells JWTs from opaque tokens by their content, not by counting dots (RFC 8725bis §3.14). */

/** Characters that lenient decoders skip. */
const SKIPPED = /[^\w+/-]/g

/**
 * Whether a token counts as a JWT: it has at least three parts, and the first is a JSON object with `alg`. The other
 * parts do not matter, and the JWT may be malformed.
 *
 * Security: some servers skip spaces, further parts and characters that are not base64. For them, a JWT with such
 * additions is the same token. So it must not count as an opaque token, about which nothing is verified here. An
 * encrypted JWT is opaque, because the client has no key for it.
 */
export function looksLikeJwt(token: string): boolean {
  const [header = '', ...others] = token.split('.', 6)
  if (others.length < 2) return false
  try {
    const base64 = header.replaceAll(SKIPPED, '').replaceAll('-', '+').replaceAll('_', '/')
    // Accepts any of two duplicate names, in either base64 alphabet.
    const value = JSON.parse(atob(base64)) as { readonly alg?: unknown; readonly enc?: unknown } | null
    const isEncrypted = others.length === 4 && typeof value?.enc === 'string'
    return typeof value?.alg === 'string' && !isEncrypted
  } catch {
    return false
  }
}
