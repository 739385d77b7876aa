import { expect, test } from 'vitest'
import { checkContents } from './check-contents.ts'

const good = {
  'package.json': '{}',
  'README.md': '',
  LICENSE: '',
  'src/index.ts': 'export {}',
  'dist/index.js': 'export {}',
  'dist/index.js.map': '{"sources":["../src/index.ts"]}',
  'dist/index.d.ts': "export type { A } from './a.js';",
  'dist/a.d.ts': 'export type A = string;',
  'dist/older.d.ts': '',
}
const manifest = {
  name: 'a',
  version: '1.0.0',
  exports: {
    '.': { 'types@<5.7': './dist/older.d.ts', types: './dist/index.d.ts', default: './dist/index.js' },
    './package.json': './package.json',
  },
}

function check(files: Readonly<Record<string, string | undefined>>, changes: object = {}): string[] {
  const present = Object.entries({ ...good, ...files }).flatMap(([path, text]) =>
    text === undefined ? [] : [{ path, text }],
  )
  return checkContents({ folder: 'core', files: present, manifest: { ...manifest, ...changes } }, '/home/me/repository')
}

test('accepts a correct package', () => {
  expect(check({})).toEqual([])
})

test.each([
  ['a test', { 'src/index.test.ts': '' }, 'core: src/index.test.ts is a test'],
  ['a stray file', { 'tsup.config.ts': '' }, 'core: tsup.config.ts has no place in the package'],
  ['a missing licence', { LICENSE: undefined }, 'core: LICENSE is missing'],
  [
    'a path of the machine',
    { 'src/index.ts': '/home/me/repository/a' },
    'core: src/index.ts holds a path of the machine it was built on',
  ],
  [
    'a map to nowhere',
    { 'src/index.ts': undefined },
    'core: dist/index.js.map maps to src/index.ts, which is not in the package',
  ],
  [
    'an internal name in declarations',
    { 'dist/a.d.ts': "import '#a'" },
    'core: dist/a.d.ts imports #a, which only this package can resolve',
  ],
  [
    'a source in declarations',
    { 'dist/a.d.ts': "import './b.ts'" },
    'core: dist/a.d.ts imports ./b.ts, which is not how built files are named',
  ],
  [
    'a missing declaration',
    { 'dist/a.d.ts': undefined },
    'core: dist/index.d.ts imports ./a.js, which is not in the package',
  ],
  [
    'a missing entry',
    { 'dist/index.js': undefined },
    'core: package.json points at dist/index.js, which is not in the package',
  ],
  ['an entry without declarations', { 'dist/index.d.ts': undefined }, 'core: dist/index.js has no declarations'],
])('reports %s', (_, files, problem) => {
  expect(check(files)).toContain(problem)
})

test.each([
  [
    'an entry in the sources',
    { exports: { '.': './src/index.ts' } },
    'core: package.json points at src/index.ts, not at dist',
  ],
  [
    'an entry without a notice for older compilers',
    { exports: { '.': { types: './dist/index.d.ts', default: './dist/index.js' } } },
    'core: package.json has no types@<5.7 before the other conditions of .',
  ],
  [
    'an import in the sources',
    { imports: { '#a': './src/index.ts' } },
    'core: package.json points at src/index.ts, not at dist',
  ],
  [
    'a program in the sources',
    { bin: { a: './src/index.ts' } },
    'core: package.json points at src/index.ts, not at dist',
  ],
  [
    'a dependency on the workspace',
    { dependencies: { b: 'workspace:*' } },
    'core: package.json depends on b workspace:*',
  ],
])('reports %s', (_, changes, problem) => {
  expect(check({}, changes)).toContain(problem)
})
