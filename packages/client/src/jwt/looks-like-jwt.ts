/** Tells JWTs from opaque tokens by what is in them, not by counting dots (RFC 8725bis §3.14). */

/** What decoders skip that are not strict. */
const SKIPPED = /[^\w+/-]/g

/**
 * Whether a token is to be taken for a JWT: it has three parts or more, and the first is a JSON object with `alg`. It says
 * nothing about whether it is a good one, or one at all. Nothing else of it counts. Some servers skip spaces, further parts and
 * characters that are not base64; there, a JWT with some of them added is the same token, so it must not be taken for an opaque
 * one, about which nothing is verified here. An encrypted JWT is opaque, because nobody here has a key for it.
 */
export function looksLikeJwt(token: string): boolean {
  const [header = '', ...others] = token.split('.', 6)
  if (others.length < 2) return false
  try {
    const base64 = header.replaceAll(SKIPPED, '').replaceAll('-', '+').replaceAll('_', '/')
    // Whichever of two equal names is read, and in whatever base64.
    const value = JSON.parse(atob(base64)) as { readonly alg?: unknown; readonly enc?: unknown } | null
    const isEncrypted = others.length === 4 && typeof value?.enc === 'string'
    return typeof value?.alg === 'string' && !isEncrypted
  } catch {
    return false
  }
}
