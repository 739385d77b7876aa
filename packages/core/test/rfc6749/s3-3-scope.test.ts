import { describe, expect, test } from 'vitest'
import { formatScope, isScopeToken, parseScope, scopeIncludes } from '../../src/index.ts'

describe('RFC 6749 §3.3', () => {
  test('accepts every character of the grammar in a scope token, and no other character below 256', () => {
    for (let code = 0; code < 256; code++) {
      const allowed = code === 0x21 || (code >= 0x23 && code <= 0x5b) || (code >= 0x5d && code <= 0x7e)
      expect(isScopeToken(String.fromCharCode(code)), `U+${code.toString(16)}`).toBe(allowed)
    }
  })

  test('RSP-05 returns no scope for an empty list of scope tokens', () => {
    expect(formatScope([])).toBeUndefined()
    expect(formatScope(parseScope(''))).toBeUndefined()
    expect(() => formatScope([''])).toThrow(TypeError)
  })

  test.each([
    ['a part of another scope token', 'readwrite', 'read', false],
    ['another case', 'READ', 'read', false],
    ['a tab as the separator', 'read\twrite', 'read', false],
    ['a line break as the separator', 'read\nwrite', 'read', false],
    ['a no-break space as the separator', 'read\u00a0write', 'read', false],
    ['a comma as the separator', 'read,write', 'read', false],
    ['two scope tokens at once', 'read write', 'read write', false],
    ['any order', 'write delete read', 'read', true],
    ['a whole scope token after longer ones that contain it', 'reader unread read', 'read', true],
  ])('RSP-06 judges %s', (_, scope, token, included) => {
    expect(scopeIncludes(scope, token)).toBe(included)
    expect(parseScope(scope).includes(token)).toBe(included)
  })
})
