import { expect, test } from 'vitest'
import { readDeclaredImports } from './declared-imports.ts'

test.each([
  ['an import', "import { A, B } from 'x'", ['x']],
  ['an import of a type', "import type { A } from 'x'", ['x']],
  ['a module without names', "import 'x'", ['x']],
  ['a re-export', "export { A, type B } from 'x'", ['x']],
  ['a re-export of everything', "export * from 'x'", ['x']],
  ['the type of a module', "declare let a: import('x').A;", ['x']],
  ['several, in their order', "declare let a: import('x').A;\nexport { B } from 'y';\nimport 'z'", ['x', 'y', 'z']],
  ['nothing in a comment', "/**\n * import { A } from 'x'\n */\nexport {}", []],
  ['nothing in a string', `export declare const a = "import { a } from 'x'";`, []],
])('reads %s', (_, text, specifiers) => {
  expect(readDeclaredImports(text, 'a.d.ts').map(({ specifier }) => specifier)).toEqual(specifiers)
})

test('says where the specifier stands', () => {
  const text = "export type { A } from './a.ts'"
  const [found] = readDeclaredImports(text, 'a.d.ts')
  expect(text.slice(found?.start, found?.end)).toBe("'./a.ts'")
})

test('names the file that it cannot parse', () => {
  expect(() => readDeclaredImports('import {', 'broken.d.ts')).toThrow(/broken\.d\.ts/)
})
