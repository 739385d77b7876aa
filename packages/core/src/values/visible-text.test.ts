import { expect, test } from 'vitest'
import { visibleJson, visibleText } from './visible-text.ts'

test.each([
  ['orders:read é 日本', 'orders:read é 日本'],
  ['\u001b[2Jgone', '\\u001b[2Jgone'],
  ['a\r\nb\tc', 'a\\u000d\\u000ab\\u0009c'],
  ['\u009b31m', '\\u009b31m'],
  ['a\u202egpj', 'a\\u202egpj'],
  ['a\u200bb\ufeff', 'a\\u200bb\\ufeff'],
  ['a\u061cb', 'a\\u061cb'],
  ['pass\u00adword', 'pass\\u00adword'],
  ['a\u115fb\ufe0f', 'a\\u115fb\\ufe0f'],
  ['a\u{e0041}b', 'a\\udb40\\udc41b'],
  ['a\ud800b', 'a\\ud800b'],
])('shows what would move or hide text: %j', (text, shown) => {
  expect(visibleText(text)).toBe(shown)
})

test('shows them in JSON, and keeps the value and the line ends', () => {
  const value = { sub: '\u009b2J\u202e\u{e0041}', scope: 'a\nb' }
  const document = visibleJson(JSON.stringify(value, undefined, 2))
  expect(document).toMatch(/^[\n -~]*$/)
  expect(document.split('\n')).toHaveLength(4)
  expect(JSON.parse(document)).toEqual(value)
})
