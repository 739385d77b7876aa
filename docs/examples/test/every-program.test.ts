import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

const examples = new URL('../', import.meta.url)
const programs = readdirSync(new URL('src/', examples)).filter((folder) =>
  existsSync(new URL(`src/${folder}/main.ts`, examples)),
)
const tests = readdirSync(new URL('test/', examples))
  .filter((name) => name.endsWith('.test.ts') && name !== 'every-program.test.ts')
  .map((name) => readFileSync(new URL(`test/${name}`, examples), 'utf8'))
const readme = readFileSync(new URL('README.md', examples), 'utf8')

test('there are programs', () => {
  expect(programs.length).toBeGreaterThan(10)
})

test.each(programs)('%s is run by a test, and the README has its command', (folder) => {
  expect(tests.filter((text) => text.includes(folder))).not.toEqual([])
  expect(readme).toMatch(
    folder === 'demo' ? /^pnpm demo$/m : new RegExp(`node docs/examples/src/${folder}/main.ts$`, 'm'),
  )
})
