import { expect, test } from 'vitest'
import { visibleText } from './visible-text.ts'

test.each([
  ['orders:read é 日本', 'orders:read é 日本'],
  ['\u001b[2Jgone', '\\u001b[2Jgone'],
  ['a\r\nb\tc', 'a\\u000d\\u000ab\\u0009c'],
  ['\u009b31m', '\\u009b31m'],
  ['a\u202egpj', 'a\\u202egpj'],
  ['a\u200bb\ufeff', 'a\\u200bb\\ufeff'],
])('shows what would move or hide text: %j', (text, shown) => {
  expect(visibleText(text)).toBe(shown)
})
