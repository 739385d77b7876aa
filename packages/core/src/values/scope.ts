/** The scope grammar of RFC 6749 §3.3: scope tokens, case-sensitive, one space between them. */

const SCOPE_TOKEN = /^[\x21\x23-\x5b\x5d-\x7e]+$/

/** No character stands in both parts, so that a long string that breaks the grammar takes no longer than one that does not. */
const SCOPE = /^[\x21\x23-\x5b\x5d-\x7e]+(?: [\x21\x23-\x5b\x5d-\x7e]+)*$/

/** Whether a value is a `scope` as it may be sent: scope tokens, at least one, with one space between them (RFC 6749 §3.3). */
export function isScope(value: unknown): value is string {
  return typeof value === 'string' && SCOPE.test(value)
}

/** Whether a string is one scope token (RFC 6749 §3.3). */
export function isScopeToken(value: string): boolean {
  return SCOPE_TOKEN.test(value)
}

/**
 * The scope tokens of a `scope` value. Only the space separates: a tab or a comma is part of a token.
 * An absent or empty value has none.
 */
export function parseScope(scope: string | undefined): string[] {
  return scope === undefined ? [] : scope.split(' ').filter((token) => token !== '')
}

/**
 * A `scope` value from scope tokens, each once, in the order given. `undefined` when there are none,
 * because the grammar has no empty scope: leave the member out (RFC 6749 §3.3).
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
 * Whether a `scope` value holds a scope token: exact, whole and case-sensitive, wherever it stands. A list of scope
 * tokens is not one scope token: ask for each.
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
