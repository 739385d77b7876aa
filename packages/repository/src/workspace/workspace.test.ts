import { expect, test } from 'vitest'
import { targetsOf } from './manifest.ts'
import { inDependencyOrder, isFile, publicPackages, readFiles, type WorkspacePackage } from './workspace.ts'

function pack(folder: string, ...dependencies: string[]): WorkspacePackage {
  const manifest = {
    name: folder,
    version: '1.0.0',
    dependencies: Object.fromEntries(dependencies.map((d) => [d, '*'])),
  }
  return { folder, directory: folder, manifest }
}

test('sorts packages after their dependencies', () => {
  const sorted = inDependencyOrder([
    pack('client', 'core', 'zod'),
    pack('testing', 'server'),
    pack('server', 'core'),
    pack('core'),
  ])
  expect(sorted.map(({ folder }) => folder)).toEqual(['core', 'client', 'server', 'testing'])
})

test('names a cycle', () => {
  expect(() => inDependencyOrder([pack('a', 'b'), pack('b', 'a')])).toThrow('a, b')
})

test('finds the published packages', () => {
  expect(publicPackages().map(({ folder }) => folder)).toEqual(['core', 'client', 'server', 'cli', 'testing'])
})

test('reads files by pattern, but not those of dependencies', () => {
  const files = readFiles(['packages/repository/{package.json,node_modules/*/package.json}'])
  expect(files.map(({ path }) => path)).toEqual(['packages/repository/package.json'])
})

test.each([
  ['LICENSE', true],
  ['packages', false],
  ['gone', false],
])('knows whether %s is a file', (path, file) => {
  expect(isFile(path)).toBe(file)
})

test('finds every file of a map', () => {
  expect(targetsOf({ '.': './a.js', './b': { node: { import: './b.js' }, default: './c.js' } })).toEqual([
    './a.js',
    './b.js',
    './c.js',
  ])
  expect(targetsOf(undefined)).toEqual([])
})
