import { describe, expect, test } from 'vitest'
import { formatScope, isScope, isScopeToken, parseScope, scopeIncludes } from './scope.ts'

describe('isScopeToken', () => {
  test.each(['a', 'orders:read', 'https://rs.example/scope', '!#[]^~', 'a,b'])('accepts %j', (token) => {
    expect(isScopeToken(token)).toBe(true)
  })

  test.each(['', ' ', 'a b', 'a"b', 'a\\b', 'a\tb', 'a\n', '\0', '\x7f', 'é'])('refuses %j', (token) => {
    expect(isScopeToken(token)).toBe(false)
  })
})

describe('isScope', () => {
  test.each(['a', 'a b', 'orders:read https://rs.example/scope !'])('accepts %j', (scope) => {
    expect(isScope(scope)).toBe(true)
  })

  test.each(['', ' ', ' a', 'a ', 'a  b', 'a\tb', 'a\nb', 'a "b"', 'a \\', 'é', undefined, null, ['a']])(
    'refuses %j',
    (scope) => {
      expect(isScope(scope)).toBe(false)
    },
  )

  test('takes linear time for a long scope that breaks the grammar at its end', () => {
    expect(isScope(`${'a '.repeat(100_000)}"`)).toBe(false)
  })
})

describe('parseScope', () => {
  test.each([
    ['an absent value', undefined, []],
    ['an empty value', '', []],
    ['spaces alone', '  ', []],
    ['one scope token', 'read', ['read']],
    ['several in their order', 'write read', ['write', 'read']],
    ['several spaces', ' read  write ', ['read', 'write']],
    ['a tab as part of a scope token', 'read\twrite', ['read\twrite']],
    ['a comma as part of a scope token', 'read,write', ['read,write']],
  ])('reads %s', (_, scope, tokens) => {
    expect(parseScope(scope)).toEqual(tokens)
  })
})

describe('formatScope', () => {
  test.each([
    ['joins with one space', ['write', 'read'], 'write read'],
    ['names each scope token once', ['read', 'write', 'read'], 'read write'],
    ['accepts any iterable', new Set(['read']), 'read'],
    ['returns undefined for no scope tokens', [], undefined],
  ])('%s', (_, tokens, scope) => {
    expect(formatScope(tokens)).toBe(scope)
  })

  test.each([[['']], [['read', 'a b']], [['a"']], [['a\n']]])('refuses %j', (tokens) => {
    expect(() => formatScope(tokens)).toThrow(TypeError)
  })
})

describe('scopeIncludes', () => {
  test.each([
    ['the only scope token', 'read', 'read'],
    ['the first scope token', 'read write', 'read'],
    ['the last scope token', 'read write', 'write'],
    ['a scope token in the middle', 'a read b', 'read'],
    ['a scope token after longer ones that contain it', 'readwrite xread read', 'read'],
    ['a scope token between several spaces', '  read  ', 'read'],
    ['a scope token with a comma in it', 'a,b c', 'a,b'],
  ])('finds %s', (_, scope, token) => {
    expect(scopeIncludes(scope, token)).toBe(true)
  })

  test.each([
    ['a prefix', 'readwrite', 'read'],
    ['a suffix', 'unread', 'read'],
    ['another case', 'READ', 'read'],
    ['a scope token beside a tab', 'read\twrite', 'read'],
    ['a scope token beside a comma', 'read,write', 'read'],
    ['anything in an absent scope', undefined, 'read'],
    ['anything in an empty scope', '', 'read'],
    ['the empty string', 'read  write', ''],
    ['the empty string in the empty scope', '', ''],
    ['a space', ' ', ' '],
    ['two scope tokens at once', 'read write', 'read write'],
  ])('does not find %s', (_, scope, token) => {
    expect(scopeIncludes(scope, token)).toBe(false)
  })
})
