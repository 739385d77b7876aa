import { expect, test } from 'vitest'
import { readExportedNames } from './exported-names.ts'

const read = (text: string) => readExportedNames(text, 'index.ts').map(({ name, kind }) => `${kind} ${name}`)

test('tells types from values', () => {
  const text =
    "export { d, type B, c as e } from './x.ts'\nexport type { F } from './x.ts'\nexport abstract class A {}\n" +
    'export interface G {}\nexport type H = string\nexport default 1\nconst i = 1'
  expect(read(text)).toEqual(['value A', 'type B', 'type F', 'type G', 'type H', 'value d', 'value default', 'value e'])
})

test.each(["export * from './x.ts'", "export * as x from './x.ts'"])('refuses %s', (text) => {
  expect(() => read(text)).toThrow('index.ts has an export *')
})
