import { expect, test } from 'vitest'
import { shellWord } from './shell-word.ts'

test.each([
  ['orders:read', 'orders:read'],
  ['http://127.0.0.1:9000', 'http://127.0.0.1:9000'],
  ['', "''"],
  ['a; $(touch x)', "'a; $(touch x)'"],
  ["it's", "'it'\\''s'"],
  ['a\u001b[2J', "'a\\u001b[2J'"],
])('writes %j as one word', (text, word) => {
  expect(shellWord(text)).toBe(word)
})
