/** `token_type_hint` (RFC 7662 §2.1): it narrows the search, never the answer. */

/**
 * A token type hint. The type lists the registered values. Any other string may arrive and is ignored (RFC 7009 §2.2,
 * RFC 7009 §4.1.2).
 */
export type TokenTypeHint = 'access_token' | 'refresh_token' | 'pct' | (string & {})

/** The values of the IANA registry "OAuth Token Type Hints". */
export const REGISTERED_TOKEN_TYPE_HINTS = ['access_token', 'refresh_token', 'pct'] as const

/** Whether a hint is one of {@link REGISTERED_TOKEN_TYPE_HINTS}. Case matters (RFC 7662 §1.1). */
export function isRegisteredTokenTypeHint(hint: string): boolean {
  return (REGISTERED_TOKEN_TYPE_HINTS as readonly string[]).includes(hint)
}
