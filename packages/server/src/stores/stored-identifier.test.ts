import { expect, test } from 'vitest'
import { toStoredIdentifier } from './stored-identifier.ts'

test.each([
  ['alice', 'alice'],
  ['https://client.example.com/app?x=1', 'https://client.example.com/app?x=1'],
  ['Zoë 🔑', 'Zoë 🔑'],
  ['', ''],
  ['a\nb\u0000', 'a\\nb\\u0000'],
  ['\ud800', '\\ud800'],
  ['"\\', '\\"\\\\'],
])('keeps %j', (identifier, stored) => {
  expect(toStoredIdentifier(identifier)).toBe(stored)
})

test('keeps an identifier whole that is not a string', () => {
  expect(toStoredIdentifier(123)).toBe('123')
})

test('distinguishes identifiers that look alike after escaping', () => {
  const alike = ['\n', '\\n', '\\\\n', '\ud800', '\\ud800', '\ufffd']
  expect(new Set(alike.map((identifier) => toStoredIdentifier(identifier))).size).toBe(alike.length)
})
