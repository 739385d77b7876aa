import { expect, test } from 'vitest'
import { withCode, withoutCode } from './code-at-end.ts'

test.each([
  ['it failed', 'it failed [ERR_A]'],
  ['it failed [ERR_A]', 'it failed [ERR_A]'],
  ['it failed [ERR_B]', 'it failed [ERR_B] [ERR_A]'],
  ['', '[ERR_A]'],
])('%j ends with its code, once', (message, coded) => {
  expect(withCode(message, 'ERR_A')).toBe(coded)
})

test.each([
  ['it failed [ERR_A]', 'it failed'],
  ['it failed [ERR_B]', 'it failed [ERR_B]'],
  ['[ERR_A] failed', '[ERR_A] failed'],
  ['[ERR_A]', ''],
])('%j is %j without its code', (message, bare) => {
  expect(withoutCode(message, 'ERR_A')).toBe(bare)
})
