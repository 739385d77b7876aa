import { expect, test } from 'vitest'
import { readImports } from './imports.ts'

const read = (text: string, path = 'a.ts') => readImports(text, path).map(({ specifier, kind }) => [kind, specifier])

test.each([
  ['a value', "import { a } from 'x'", ['static', 'x']],
  ['a side effect', "import 'x'", ['static', 'x']],
  ['a namespace', "import * as a from 'x'", ['static', 'x']],
  ['a type', "import type { A } from 'x'", ['type', 'x']],
  ['a type among values', "import { type A, b } from 'x'", ['static', 'x']],
  // The statement stays when its names are erased, so the module is loaded.
  ['nothing but types, each marked', "import { type A } from 'x'", ['static', 'x']],
  ['a re-export', "export { a } from 'x'", ['static', 'x']],
  ['a re-export of everything', "export * from 'x'", ['static', 'x']],
  ['a re-export of a type', "export type { A } from 'x'", ['type', 'x']],
  ['an import when it is reached', "const a = await import('x')", ['dynamic', 'x']],
  ['an import by a template', 'const a = await import(`x`)', ['dynamic', 'x']],
  ['an import of who knows what', 'const a = await import(name)', ['dynamic', undefined]],
  ['the type of a module', "let a: import('x').A", ['type', 'x']],
  ['a require', "const a = require('x')", ['dynamic', 'x']],
])('reads %s', (_, text, expected) => {
  expect(read(text)).toEqual([expected])
})

test.each([
  ['a comment', "/**\n * import { a } from 'x'\n */\nexport {}"],
  ['a string', `export const a = "import { a } from 'x'"`],
  ['a template at the start of a line', "export const a = `\nimport { a } from 'x'\n`"],
  ['an export of its own', 'export const a = 1'],
])('does not take %s for an import', (_, text) => {
  expect(read(text)).toEqual([])
})

test('says where the specifier stands', () => {
  const text = "export type { A } from './a.ts'"
  const [found] = readImports(text, 'a.d.ts')
  expect(text.slice(found?.start, found?.end)).toBe("'./a.ts'")
})

test('names the file that is no module', () => {
  expect(() => readImports('import {', 'broken.ts')).toThrow(/broken\.ts/)
})
