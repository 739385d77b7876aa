import { expect, test } from 'vitest'
import { packageHost } from './package-host.ts'

const packages = [
  {
    directory: 'packages/a',
    manifest: {
      name: '@x/a',
      exports: { '.': './index.js', './b': { types: './b.d.ts', default: './b.js' } },
      imports: { '#c': { workerd: './c.js', node: './c.node.js', default: './c.js' } },
    },
  },
]

test.each([
  ['./d.js', ['node'], 'packages/a/src/d.js'],
  ['../d.js', ['node'], 'packages/a/d.js'],
  ['@x/a', ['node'], 'packages/a/index.js'],
  ['@x/a/b', ['node'], 'packages/a/b.js'],
  ['#c', ['node'], 'packages/a/c.node.js'],
  ['#c', ['workerd'], 'packages/a/c.js'],
  ['#c', [], 'packages/a/c.js'],
  ['@x/ab', ['node'], undefined],
  ['zod', ['node'], undefined],
])('%s with %j is %s', (specifier, conditions, path) => {
  expect(packageHost(packages, conditions, '.').resolve(specifier, 'packages/a/src/e.js')).toBe(path)
})

test.each(['#gone', '@x/a/gone'])('%s leads nowhere', (specifier) => {
  expect(() => packageHost(packages, [], '.').resolve(specifier, 'packages/a/e.js')).toThrow('has no')
})
