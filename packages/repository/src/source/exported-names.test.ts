import { expect, test } from 'vitest'
import { readExportedNames } from './exported-names.ts'

const read = (text: string) => readExportedNames(text, 'index.ts').map(({ name, kind }) => `${kind} ${name}`)

test.each([
  ["export { a, type B, c as d } from './x.ts'", ['type B', 'value a', 'value d']],
  ["export type { A, B } from './x.ts'", ['type A', 'type B']],
  ['export function a() {}', ['value a']],
  ['export const a = 1, b = 2', ['value a', 'value b']],
  ['export abstract class A {}', ['value A']],
  ['export interface A {}', ['type A']],
  ['export type A = string', ['type A']],
  ['export default 1', ['value default']],
  ["import { a } from './x.ts'\nconst b = a", []],
])('reads %s', (text, expected) => {
  expect(read(text)).toEqual(expected)
})

test.each(["export * from './x.ts'", "export * as x from './x.ts'"])('refuses %s', (text) => {
  expect(() => read(text)).toThrow('index.ts has an export *')
})

test('refuses names it cannot read', () => {
  expect(() => read('export const { a } = b')).toThrow(/write a name/)
})
