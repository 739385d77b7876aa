import { describe, expect, test } from 'vitest'
import { isPresentable } from './is-presentable.ts'

describe('isPresentable', () => {
  test.each([
    ['one character', 'a'],
    ['every printable ASCII character', String.fromCharCode(...Array.from({ length: 95 }, (_, index) => 32 + index))],
    ['a space, which the grammar VSCHAR allows', 'a b'],
  ])('accepts %s', (_, token) => {
    expect(isPresentable(token)).toBe(true)
  })

  test.each([
    ['nothing', ''],
    ['a NUL', 'a\0b'],
    ['a tab', 'a\tb'],
    ['a line break', 'a\r\nX-Injected: 1'],
    ['a line break at the end, where $ would match', 'a\n'],
    ['DEL', 'a\x7f'],
    ['a letter outside ASCII', 'caf\u00e9'],
    ['a no-break space', 'a\u00a0b'],
    ['a lone surrogate', 'a\ud800'],
  ])('refuses %s', (_, token) => {
    expect(isPresentable(token)).toBe(false)
  })
})
