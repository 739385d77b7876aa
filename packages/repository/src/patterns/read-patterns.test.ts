import { expect, test } from 'vitest'
import { readPatterns } from './read-patterns.ts'

test.each([
  ['a literal', 'const a = /b+/gi', [['b+', 'gi', '/b+/gi']]],
  ['a call', "RegExp('b+')", [['b+', '', "RegExp('b+')"]]],
  ['a constructor with flags', 'new RegExp(`b`, "y")', [['b', 'y', 'new RegExp(`b`, "y")']]],
  ['a template with a variable', 'new RegExp(`^${a}$`)', [[undefined, '', 'new RegExp(`^${a}$`)']]],
  ['flags that are known at run time only', "new RegExp('b', flags)", [[undefined, '', "new RegExp('b', flags)"]]],
  [
    'one within another',
    "new RegExp(/a/, '')",
    [
      [undefined, '', "new RegExp(/a/, '')"],
      ['a', '', '/a/'],
    ],
  ],
  ['nothing in a division, a comment or a string', "const a = b / c / d // /e/\n'/f/'", []],
])('reads %s', (_, text, expected) => {
  expect(readPatterns(text, 'a.ts').map(({ pattern, flags, text: found }) => [pattern, flags, found])).toEqual(expected)
})
