import { expect, test } from 'vitest'
import { checkReach } from './expected-reach.ts'
import { reach } from './reach.ts'

const files: Readonly<Record<string, string>> = {
  'index.ts': "import './send.ts'\nimport type { A } from 'types-only'\nexport { b } from './b.ts'",
  'send.ts': "export const send = async () => (await import('later')) ?? import('./late.ts')",
  'b.ts': "import 'now'\nimport './index.ts'",
  'late.ts': "import 'later-too'",
}
const host = {
  read: (path: string) => files[path] ?? '',
  resolve: (specifier: string) => (specifier.startsWith('.') ? specifier.slice(2) : undefined),
}
const expected = {
  folder: 'client',
  entry: '.',
  conditions: ['node'],
  loads: ['now'],
  loadsLater: ['later', 'later-too'],
}

test('follows what is imported when it runs, and says when', () => {
  expect(reach('index.ts', host)).toEqual({
    files: ['index.ts', 'send.ts', 'b.ts'],
    reached: [
      { specifier: 'later', kind: 'dynamic', through: ['index.ts', 'send.ts'] },
      { specifier: 'now', kind: 'static', through: ['index.ts', 'b.ts'] },
      { specifier: 'later-too', kind: 'dynamic', through: ['index.ts', 'send.ts', 'late.ts'] },
    ],
  })
  expect(checkReach(expected, reach('index.ts', host))).toEqual([])
})

test.each([
  ['what leaked, and through which files', { loads: [] }, 'client . (node) loads now through index.ts → b.ts'],
  [
    'what leaked later',
    { loadsLater: ['later'] },
    'client . (node) later loads later-too through index.ts → send.ts → late.ts',
  ],
  ['what is no longer reached', { loads: ['now', 'gone'] }, 'client . (node) does not reach gone'],
])('names %s', (_, change, problem) => {
  expect(checkReach({ ...expected, ...change }, reach('index.ts', host))).toEqual([problem])
})
