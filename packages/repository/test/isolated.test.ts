/** Test files share workers, and with them the modules that are loaded there. */
import { expect, test } from 'vitest'
import { readFiles } from '../src/workspace/workspace.ts'

/** What needs modules that no other file has loaded, or a process where no other file has left a timer. */
const NEEDS_OWN_PROCESS = /\bvi\.(?:mock|doMock|resetModules|getTimerCount)\(|\bstartCounting\(\)/

test('a test that replaces modules, or counts their steps or all timers, says so in its name', () => {
  const files = readFiles(['packages/*/{src,test}/**/*.test.ts'])
  const needing = files.filter(({ text }) => NEEDS_OWN_PROCESS.test(text)).map(({ path }) => path)
  expect(needing).toEqual(files.map(({ path }) => path).filter((path) => path.endsWith('.isolated.test.ts')))
  expect(needing).not.toEqual([])
})
