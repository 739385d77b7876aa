import { expect, test } from 'vitest'
import { entriesOf } from './package-build.ts'

test('builds every file the manifest points at, once', () => {
  const exports = { '.': './src/index.ts', './node': './src/adapters/node.ts' }
  const imports = { '#a': { node: './src/a.node.ts', workerd: './src/a.ts', default: './src/a.ts' } }
  const bin = { a: './src/bin.ts' }
  expect(entriesOf({ name: 'a', version: '1.0.0', exports, imports, bin })).toEqual([
    'src/a.node.ts',
    'src/a.ts',
    'src/adapters/node.ts',
    'src/bin.ts',
    'src/index.ts',
  ])
})
