import { expect, test } from 'vitest'
import { widthOf, wrapText } from './wrap-text.ts'

test('breaks at spaces', () => {
  expect(wrapText('one two three four', 9)).toEqual(['one two', 'three', 'four'])
})

test('keeps a long word whole', () => {
  expect(wrapText('see https://as.example.com/introspect now', 10)).toEqual([
    'see',
    'https://as.example.com/introspect',
    'now',
  ])
})

test('keeps a clause in one line', () => {
  expect(wrapText('as in RFC 7662 §2.2, §4', 12)).toEqual(['as in', 'RFC 7662 §2.2, §4'])
  expect(wrapText('as in RFC 7662 §2.2 now', 20)).toEqual(['as in RFC 7662 §2.2', 'now'])
})

test('colours take no columns', () => {
  expect(widthOf('\u001b[31mred\u001b[39m')).toBe(3)
  expect(wrapText('\u001b[31mred\u001b[39m blue', 8)).toHaveLength(1)
})
