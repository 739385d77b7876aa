/** The scope grammar of RFC 6749 §3.3: scope tokens, compared with case, with one space between them. */

const SCOPE_TOKEN = /^[\x21\x23-\x5b\x5d-\x7e]+$/

/**
 * No character matches both parts of the pattern. So a long scope that breaks the grammar costs no more than one that
 * fits.
 */
const SCOPE = /^[\x21\x23-\x5b\x5d-\x7e]+(?: [\x21\x23-\x5b\x5d-\x7e]+)*$/

/**
 * Whether a value is a valid `scope` to send: at least one scope token, with one space between them (RFC 6749 §3.3).
 */
export function isScope(value: unknown): value is string {
  return typeof value === 'string' && SCOPE.test(value)
}

/** Whether a string is one scope token (RFC 6749 §3.3). */
export function isScopeToken(value: string): boolean {
  return SCOPE_TOKEN.test(value)
}

/**
 * The scope tokens of a `scope` value. Only the space separates: a tab or a comma is part of a token. An absent or
 * empty value gives an empty list.
 */
export function parseScope(scope: string | undefined): string[] {
  return scope === undefined ? [] : scope.split(' ').filter((token) => token !== '')
}

/**
 * Builds a `scope` value from scope tokens, each once, in the given order. Returns `undefined` for no tokens, because
 * the grammar has no empty scope: leave the member out (RFC 6749 §3.3).
 *
 * @throws TypeError when an element is not a scope token.
 */
export function formatScope(tokens: Iterable<string>): string | undefined {
  const unique = [...new Set(tokens)]
  for (const token of unique) {
    if (!isScopeToken(token)) throw new TypeError('scope: every element must be a scope token (RFC 6749 §3.3)')
  }
  return unique.length === 0 ? undefined : unique.join(' ')
}

/**
 * Whether a `scope` value contains one scope token, compared exactly and with case, at any position. Ask for each scope
 * token separately: two of them in one string never match.
 */
export function scopeIncludes(scope: string | undefined, token: string): boolean {
  if (scope === undefined || token === '' || token.includes(' ')) return false
  for (let start = scope.indexOf(token); start !== -1; start = scope.indexOf(token, start + 1)) {
    const end = start + token.length
    const opens = start === 0 || scope.charCodeAt(start - 1) === 0x20
    const closes = end === scope.length || scope.charCodeAt(end) === 0x20
    if (opens && closes) return true
  }
  return false
}
