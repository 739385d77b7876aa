import { expect, test } from 'vitest'
import { isKnownHost } from './known-host.ts'

test.each([
  ['127.0.0.1:9000', true],
  ['localhost', true],
  ['[::1]:9000', true],
  ['as:9000', true],
  ['AS', true],
  ['evil.example.com:9000', false],
  ['as.example.com', false],
  ['localhost.example.com', false],
  ['', false],
  [undefined, false],
  ['a b', false],
])('Host %s', (field, isKnown) => {
  expect(isKnownHost(field, ['as'])).toBe(isKnown)
})
