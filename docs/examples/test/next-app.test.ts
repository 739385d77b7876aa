import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { readCodeBlocks } from '../../../packages/repository/src/markdown/code-blocks.ts'
import { runProgram } from './run-program.ts'

test('the route of Next answers as expected', async () => {
  await runProgram('next-app/main.ts', { comparisons: 5 })
})

test('the page about Next guards several routes as the example does', () => {
  const page = readFileSync(new URL('../../protect/next.md', import.meta.url), 'utf8')
  const source = readFileSync(new URL('../src/next-app/lib/with-token.ts', import.meta.url), 'utf8')
  expect(readCodeBlocks(page).map(({ text }) => text.trimEnd())).toContain(source.trimEnd())
})
